/** Words of files that staff send. */
export const attach = {
  attach: {
    add: "إرفاق ملفات",
    files: "ملفات للإرسال",
    drop: "إزالة {{name}}",
    progress: "يجري رفع {{name}}",
    dropHere: "أفلت الملفات لإرفاقها",
    tooLarge: "أكبر من {{mb}} ميغابايت التي تقبلها هذه القناة",
    wrongType: "تقبل هذه القناة فقط: {{kinds}}",
    notWhatItSays: "محتوى الملف ليس من النوع الذي يقوله اسمه: لا يمكن إرساله.",
    empty: "الملف فارغ",
    failed: "تعذّر الرفع. أزِله واختره من جديد.",
  },
};

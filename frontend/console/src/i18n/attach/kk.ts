/** Words of files that staff send. */
export const attach = {
  attach: {
    add: "Файл тіркеу",
    files: "Жіберілетін файлдар",
    drop: "{{name}} файлын алып тастау",
    progress: "{{name}} жүктелуде",
    dropHere: "Тіркеу үшін файлдарды осында тастаңыз",
    tooLarge: "Бұл арна қабылдайтын {{mb}} МБ-тан үлкен",
    wrongType: "Бұл арна тек мыналарды қабылдайды: {{kinds}}",
    empty: "Файл бос",
    failed: "Жүктелмеді. Алып тастап, қайта таңдаңыз.",
  },
};

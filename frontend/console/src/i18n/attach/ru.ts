/** Words of files that staff send. */
export const attach = {
  attach: {
    add: "Прикрепить файлы",
    files: "Файлы для отправки",
    drop: "Убрать {{name}}",
    progress: "Загружается {{name}}",
    dropHere: "Отпустите файлы, чтобы прикрепить",
    tooLarge: "Больше {{mb}} МБ, которые принимает этот канал",
    wrongType: "Этот канал принимает только {{kinds}}",
    empty: "Файл пуст",
    failed: "Не удалось загрузить. Уберите и выберите снова.",
  },
};

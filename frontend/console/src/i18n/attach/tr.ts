/** Words of files that staff send. */
export const attach = {
  attach: {
    add: "Dosya ekle",
    files: "Gönderilecek dosyalar",
    drop: "{{name}} dosyasını kaldır",
    progress: "{{name}} yükleniyor",
    dropHere: "Eklemek için dosyaları bırakın",
    tooLarge: "Bu kanalın aldığı {{mb}} MB sınırından büyük",
    wrongType: "Bu kanal yalnızca şunları alır: {{kinds}}",
    notWhatItSays: "Dosya, adının söylediği türde değil: gönderilemez.",
    empty: "Dosya boş",
    failed: "Yüklenemedi. Kaldırıp yeniden seçin.",
  },
};

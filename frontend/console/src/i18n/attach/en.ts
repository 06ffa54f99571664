/** Words of files that staff send. */
export const attach = {
  attach: {
    add: "Attach files",
    files: "Files to send",
    drop: "Remove {{name}}",
    progress: "Uploading {{name}}",
    dropHere: "Drop files to attach them",
    tooLarge: "Larger than the {{mb}} MB that this channel takes",
    wrongType: "This channel takes {{kinds}} only",
    notWhatItSays: "This file is not what its name says: it cannot be sent.",
    empty: "The file is empty",
    failed: "It could not be uploaded. Remove it and choose it again.",
  },
};

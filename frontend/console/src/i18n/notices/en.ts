/** Words of being told that somebody waits. */
export const notices = {
  notices: {
    title: "Notices",
    soundTitle: "Sound",
    soundText: "When somebody asks for a person, a colleague calls you, or a customer of yours writes.",
    sound: "Play a sound in this browser",
    try: "Listen",
    pushTitle: "On this device",
    pushText:
      "Also while Frontdesk is closed. It says that somebody is waiting, never what they wrote, and ends when you sign out here.",
    push: "Notify me on this device",
    denied: "This browser blocks notices from Frontdesk. Allow them in the browser's settings for this site.",
    insecure: "Needs an https:// address.",
    missing: "This browser cannot do it. On an iPhone, add Frontdesk to the home screen first.",
    notAllowed: "The browser did not allow it.",
    failed: "The browser's push service did not answer. Try again later.",
    mailTitle: "By e-mail",
    mailText: "When somebody asked for a person and nobody has taken the conversation.",
    mail: "Write to me after",
    never: "Never",
    minutes: "{{n}} minutes",
    noMail: "No mail server is connected: letters are written to a folder on the server.",
    quietTitle: "Quiet hours",
    quietText: "No sound, no notices, no letters in this time ({{zone}}). Who still waits afterwards is told of then.",
    quiet: "Leave me alone",
    from: "From",
    to: "Until",
  },
};

export type NoticeWords = typeof notices;

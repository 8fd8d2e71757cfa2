// Takes mails, and reads them with code that is not the sender's. Its argument says what it asks for; it prints its port, and a line of JSON for each
// mail and for each request to end one. What it is to answer stands in the address.
import { readFileSync } from "node:fs";
import { SMTPServer } from "smtp-server";
import PostalMime from "postal-mime";

const asked = JSON.parse(process.argv[2]);
const replies = { later: [450, "4.2.1 Try again"], unknown: [550, "5.1.1 No such user"], unwanted: [550, "5.7.1 Not from you"] };

function refusal([code, words]) {
  return Object.assign(new Error(words), { responseCode: code });
}

const server = new SMTPServer({
  authOptional: !asked.user,
  disabledCommands: [...(asked.user ? [] : ["AUTH"]), ...(asked.certificate ? [] : ["STARTTLS"])],
  ...(asked.certificate ? { cert: readFileSync(asked.certificate), key: readFileSync(asked.key) } : {}),
  onAuth(given, session, done) {
    const isGood = session.secure && given.username === asked.user && given.password === asked.password;
    done(isGood ? null : refusal([535, "5.7.8 Not with this password"]), { user: given.username });
  },
  onRcptTo({ address }, session, done) {
    if (address.startsWith("silent")) return;
    const reply = replies[address.split("@")[0].split(".")[0]];
    done(reply ? refusal([reply[0], `${reply[1]} <${address}>`]) : null);
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", part => parts.push(part));
    stream.on("end", async () => {
      const raw = Buffer.concat(parts);
      const mail = await PostalMime.parse(raw);
      const to = session.envelope.rcptTo[0].address;
      const headers = Object.fromEntries(mail.headers.map(header => [header.key, header.value]));
      console.log(JSON.stringify({ to, from: session.envelope.mailFrom.address, isSecure: session.secure, user: session.user ?? null, headers, subject: mail.subject, text: mail.text, html: mail.html, longestLine: Math.max(...raw.toString("latin1").split("\r\n").map(line => line.length)) }));
      done(to.startsWith("spam") ? refusal([554, "5.6.0 What is this"]) : null);
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
process.stdin.on("end", () => process.exit()).resume();

"""The mailbox of the local stack: every mail as a phone shows it and as plain text, and what Chatwork's rooms say."""

from email.message import EmailMessage
from html import escape

from dev import cloud

_STYLE = """
body{font:16px/1.6 sans-serif;margin:0;background:#e6e9ec;color:#222}main{max-width:1000px;margin:0 auto;padding:16px}
a{color:#0b5f8f}li{background:#fff;margin:6px 0;padding:8px 12px;border-radius:6px;list-style:none}ul{padding:0}
small{color:#555}.both{display:flex;flex-wrap:wrap;gap:16px}
iframe{width:390px;height:780px;border:8px solid #222;border-radius:24px;background:#fff}
pre{background:#fff;padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;width:390px;margin:0;font:15px/1.6 monospace}
"""


def listing() -> str:
    """All mails, newest first."""
    rows = [
        f'<li><a href="/_dev/mails/{place}">{escape(str(mail["subject"]))}</a><br><small>{escape(str(mail["to"]))}</small></li>'
        for place, mail in reversed(list(enumerate(cloud.mails())))
    ]
    return _page(
        "Mails", f"<h1>{len(rows)} mails</h1><ul>{''.join(rows) or '<li>Nothing yet.</li>'}</ul>"
    )


def one(place: int) -> str | None:
    mails = cloud.mails()
    if not 0 <= place < len(mails):
        return None
    mail = mails[place]
    heads = "<br>".join(
        f"{name}: {escape(str(mail[name]))}" for name in ("From", "To", "Reply-To", "Subject")
    )
    text = escape(_part(mail, "plain"))
    phone = f'<iframe title="as a phone shows it" src="/_dev/mails/{place}/html"></iframe>'
    both = f'<div class="both">{phone}<pre>{_linked(text)}</pre></div>'
    return _page(mail["subject"], f'<p><a href="/_dev/mails">All mails</a></p><p>{heads}</p>{both}')


def html_of(place: int) -> str | None:
    mails = cloud.mails()
    found = _part(mails[place], "html") if 0 <= place < len(mails) else None
    return found and found.replace("<head>", '<head><base target="_top">')


def rooms() -> str:
    """What was posted to Chatwork since the stack was started, room by room, notation as it was sent."""
    posted = cloud.chatwork.posted() if cloud.chatwork else {}
    shown = "".join(
        f"<h2>#!rid{room}</h2>" + "".join(f"<pre>{escape(text)}</pre>" for text in posted[room])
        for room in posted
    )
    return _page("Chatwork", f"<h1>Chatwork</h1>{shown or '<p>Nothing yet.</p>'}")


def _part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    return found.get_content() if found else ""


def _linked(text: str) -> str:
    lines = [
        f'<a href="{line}">{line}</a>' if line.startswith("http") else line
        for line in text.split("\n")
    ]
    return "\n".join(lines)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{body}</main></html>"
    )

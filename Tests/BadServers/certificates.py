"""An authority of the test's own, and certificates that a client must take or refuse."""
import ssl, subprocess
from pathlib import Path

SETTINGS = """[ca]
default_ca = here
[here]
database = index
serial = serial
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = names
copy_extensions = copy
unique_subject = no
[names]
commonName = supplied
"""


def make(folder, address):
    """The file of the authority, and a TLS context for each kind: good, expired, too-early, self-signed, other-name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings").write_text(SETTINGS)
    (folder / "index").touch()
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bad-servers: openssl {arguments[0]} fails: {done.stderr.strip()[-300:]}")

    def itself(name, subject, *extensions):
        more = [part for extension in extensions for part in ("-addext", extension)]
        openssl("req", "-x509", *curve, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30", "-subj",
                f"/CN={subject}", *more)

    def signed(name, names, *dates):
        openssl("req", "-new", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={names}")
        openssl("ca", "-batch", "-config", "settings", "-cert", "authority.pem", "-keyfile", "authority.key", "-in",
                f"{name}.csr", "-out", f"{name}.pem", "-notext", *(dates or ("-days", "30")))

    here = f"IP:{address},DNS:localhost"
    itself("authority", "Authority of a test", "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
    signed("good", here)
    signed("expired", here, "-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    signed("too-early", here, "-startdate", "20900101000000Z", "-enddate", "20900201000000Z")
    signed("other-name", "DNS:elsewhere.invalid")
    itself("self-signed", "itself", f"subjectAltName={here}")

    contexts = {}
    for name in ("good", "expired", "too-early", "self-signed", "other-name"):
        contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[name].load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return folder / "authority.pem", contexts

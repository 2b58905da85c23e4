"""A PostgreSQL that is reached by TLS alone, and the authorities that sign its certificate or do not.

The embedded server is built without TLS, so it is another one: whichever version Debian has.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from authspine.operations import system_user
from tests.deep.debian import program
from tests.servers import free_port

HOST = "db.example.com"
# Nobody comes without TLS; by the socket the test itself makes what it needs.
ACCESS = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n"
SETTINGS = {"ssl": "on", "ssl_cert_file": "server.pem", "ssl_key_file": "server.key", "fsync": "off"}


class Authority:
    """One that signs certificates for servers."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        asked = self._builder(self.name, self.key.public_key())
        signs = x509.KeyUsage(*(each in (5, 6) for each in range(9)))  # certificates and lists of revoked ones
        asked = asked.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = asked.add_extension(signs, critical=True).sign(self.key, hashes.SHA256())

    def sign(self, host: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        asked = self._builder(subject, key.public_key()).add_extension(names, critical=False)
        return asked.sign(self.key, hashes.SHA256())

    def written(self, folder: Path) -> Path:
        file = folder / f"{self.certificate.serial_number}.pem"
        file.write_bytes(pem(self.certificate))
        return file

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        asked = x509.CertificateBuilder(self.name, subject, key, x509.random_serial_number())
        return asked.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@contextmanager
def server(authority: Authority) -> Iterator[int]:
    """Its port. Its certificate is for HOST."""
    folder = Path(tempfile.mkdtemp(prefix="tls"))
    system_user.give(folder)
    # Debian keeps each version in a folder of its own, off the PATH.
    programs = [str(each) for each in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    postgres = Path(program("postgres", "postgresql", *programs))
    cluster, port = folder / "data", free_port()
    options = system_user.run_options()
    made: list[str | Path] = [postgres.parent / "initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "--no-sync"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, **options)
    _certify(cluster, authority)
    said = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [postgres, "-D", cluster, "-k", folder, "-h", "127.0.0.1", "-p", str(port), *said]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, **options)
    try:
        _make_login(f"host={folder} port={port} user=postgres dbname=postgres", process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder)


def _certify(cluster: Path, authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    clear = serialization.NoEncryption()
    as_bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, clear)
    for name, content in (
        ("server.key", as_bytes),
        ("server.pem", pem(authority.sign(HOST, key))),
        ("pg_hba.conf", ACCESS.encode()),
    ):
        (cluster / name).write_bytes(content)
        (cluster / name).chmod(0o600)
        shutil.chown(cluster / name, cluster.owner(), cluster.group())


def _make_login(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            with psycopg.connect(address, autocommit=True) as session:
                session.execute("CREATE ROLE authspine_app LOGIN")
                return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"the server does not answer: {log.read_text()}")

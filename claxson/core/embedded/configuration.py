"""Our part of the server's configuration, and the port it names."""

import os
import re
import secrets
import socket
from pathlib import Path

from .account import Account, is_root

FILE = "claxson.conf"
LOOPBACK = "127.0.0.1"
# Below the range that the kernel hands out to outgoing connections.
PORTS = range(20000, 32000)

LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 1024

TEMPLATE = """\
# Written anew at every start. Put settings of your own below the include line in postgresql.conf.
listen_addresses = '{host}'
port = {port}
# No sockets in the file system: their paths are limited to 107 bytes.
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 200
# What is hot in millions of votes; it is taken as it is used.
shared_buffers = '{buffers_mb}MB'
# Each page goes into the log whole once a checkpoint: rarer ones make a vote cheaper, and a restart longer.
checkpoint_timeout = '15min'
max_wal_size = '2GB'
log_line_prefix = '%m [%p] %q%u@%d '
"""


def read_port(data: Path) -> int | None:
    try:
        found = re.search(r"^port = (\d+)$", (data / FILE).read_text(encoding="utf-8"), re.MULTILINE)
    except FileNotFoundError:
        return None
    return int(found.group(1)) if found else None


def write(data: Path, port: int, account: Account) -> None:
    text = TEMPLATE.format(host=LOOPBACK, port=port, buffers_mb=buffers_mb())
    replace_file(data / FILE, text, account)


def buffers_mb() -> int:
    """A sixteenth of the memory, within bounds."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(max(memory // 16 // 2**20, LEAST_BUFFERS_MB), MOST_BUFFERS_MB)


def include(data: Path) -> None:
    with (data / "postgresql.conf").open("a", encoding="utf-8") as stream:
        stream.write(f"\ninclude '{FILE}'\n")


def replace_file(path: Path, text: str, account: Account) -> None:
    """Put a private file of `account` in place in one step."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if is_root():
        os.chown(part, account.uid, account.gid)
    part.replace(path)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    while not is_free(port := PORTS[secrets.randbelow(len(PORTS))]):
        pass
    return port

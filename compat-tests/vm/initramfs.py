"""A file system for a kernel to start from: programs with their libraries, modules, one script."""
import os
import pathlib
import re
import shutil
import stat
import subprocess


def libraries(program):
    """What the program loads when it starts, itself left out."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, timeout=60).stdout
    return [path for path in re.findall(r"(/\S+) \(0x", listed)]


class Archive:
    """In the form `newc` of cpio, which is what kernels read. Everything belongs to root."""

    def __init__(self, path):
        self._file = open(path, "wb")
        self._names = set()

    def _entry(self, name, mode, content=b""):
        if name in self._names:
            return
        self._names.add(name)
        fields = [len(self._names), mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        self._file.write(b"070701" + b"".join(b"%08X" % field for field in fields))
        self._pad(name.encode() + b"\0")
        self._pad(content)

    def _pad(self, data):
        self._file.write(data)
        self._file.write(b"\0" * (-self._file.tell() % 4))

    def folder(self, name):
        parts = pathlib.PurePath(name).parts
        for count in range(1, len(parts) + 1):
            self._entry("/".join(parts[:count]), stat.S_IFDIR | 0o755)

    def text(self, name, content, mode=0o755):
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, content.encode())

    def file(self, name, source):
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | 0o755, pathlib.Path(source).read_bytes())

    def link(self, name, target):
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def program(self, source, name=None):
        """With its libraries, at their own places; `name` is where the program goes."""
        source = shutil.which(source) or source
        self.file((name or source).lstrip("/"), source)
        for library in libraries(source):
            self.file(library.lstrip("/"), library)

    def close(self):
        self._entry("TRAILER!!!", 0)
        self._file.close()

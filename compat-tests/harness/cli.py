"""Running the docker CLI, as a user would."""
import os
import pathlib
import shutil
import subprocess

DEBIAN = "/usr/bin/docker"


def find_clis():
    """Every docker CLI to test with: {label: path or None}."""
    on_path = shutil.which("docker")
    other = on_path if on_path and os.path.realpath(on_path) != os.path.realpath(DEBIAN) else None
    return {"debian": DEBIAN if pathlib.Path(DEBIAN).exists() else None, "path": other}


ABSENT = {"debian": "Debian's docker CLI (/usr/bin/docker) is not installed",
          "path": "no docker CLI but Debian's is on PATH"}


class Output:
    def __init__(self, done, args):
        self.args, self.code = args, done.returncode
        self.out, self.err = done.stdout.strip(), done.stderr.strip()

    @property
    def lines(self):
        return self.out.splitlines()

    def __repr__(self):
        return f"$ docker {' '.join(self.args)}  -> {self.code}\n{self.out}\n{self.err}"


class Cli:
    def __init__(self, path, url, config):
        self.path, self.url = path, url
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("DOCKER_", "COMPOSE_"))}
        # A fresh configuration and the classic builder: neither plugins nor contexts of this machine take part.
        self.env = {**keep, "DOCKER_HOST": url, "DOCKER_CONFIG": str(config), "DOCKER_BUILDKIT": "0",
                    "DOCKER_CLI_HINTS": "false", "LC_ALL": "C"}

    def __call__(self, *args, code=0, stdin="", timeout=120):
        """Runs `docker …` and returns its output. Fails unless it exits with `code` (None: any)."""
        done = subprocess.run([self.path, *args], input=stdin, capture_output=True, text=True, timeout=timeout,
                              env=self.env)
        output = Output(done, args)
        assert code is None or done.returncode == code, repr(output)
        return output

    def at(self, url):
        """The same CLI, talking to somebody else."""
        twin = Cli.__new__(Cli)
        twin.path, twin.url, twin.env = self.path, url, {**self.env, "DOCKER_HOST": url}
        return twin

    def popen(self, *args, **kwargs):
        return subprocess.Popen([self.path, *args], env=self.env, **kwargs)

    def bytes(self, *args, stdin=None, timeout=120):
        """Like a call, for binary data through a pipe; stdin is a file, bytes or None."""
        given = {"input": stdin} if isinstance(stdin, (bytes, bytearray)) else {"stdin": stdin or subprocess.DEVNULL}
        done = subprocess.run([self.path, *args], capture_output=True, timeout=timeout, env=self.env, **given)
        assert done.returncode == 0, f"docker {' '.join(args)}: {done.stderr.decode()}"
        return done.stdout

    @property
    def major(self):
        text = self("version", "--format", "{{.Client.Version}}", code=None).out
        return int(text.split(".")[0])

"""Stack files: what belongs to each, and the docker CLI that deploys it.

`NN-name.yml` is the file. Beside it may lie `NN-name.override.yml`, laid over it with a second -c; `NN-name.env`, the
variables for its placeholders; and what updates it: `NN-name.update.yml` in its place, or `NN-name.update.env`.
"""
import pathlib

import yaml

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "stacks"
NAMESPACE = "com.docker.stack.namespace"
# Deployed by Debian's CLI; all others by the newest there is.
BY_OLD_CLI = {"02-blog", "16-compose-habits", "17-version-3-3", "21-votes"}
# Where agents expect the engine's socket; the hosts of a lab share the machine's /var/run, but have this folder of their own.
SOCKET = "/run/docker/docker.sock"


class Stack:
    def __init__(self, ident):
        self.ident = ident
        self.name = ident.split("-", 1)[1]
        self.record = FOLDER / "expected" / f"{ident}.json"

    def _beside(self, ending):
        path = FOLDER / f"{self.ident}.{ending}"
        return path if path.exists() else None

    def files(self, updated):
        base = (updated and self._beside("update.yml")) or FOLDER / f"{self.ident}.yml"
        override = self._beside("override.yml")
        return [base, override] if override else [base]

    def variables(self, updated):
        path = (updated and self._beside("update.env")) or self._beside("env")
        lines = path.read_text().splitlines() if path else []
        return {"DOCKER_SOCKET": SOCKET, **dict(line.split("=", 1) for line in lines if line)}

    def outside(self, kind):
        """The names of the networks, secrets or configs that must be there before it is deployed."""
        declared = yaml.safe_load(self.files(False)[0].read_text()).get(kind) or {}
        for key, about in declared.items():
            external = (about or {}).get("external")
            if external:
                name = about.get("name") or (external.get("name") if isinstance(external, dict) else None) or key
                if name not in ("host", "bridge"):
                    yield name


def idents():
    return sorted(path.stem for path in FOLDER.glob("*.yml") if "." not in path.stem)


class StackCli:
    """`docker stack …` and `docker service …` for one stack."""

    def __init__(self, stack, docker, name=None):
        self.stack, self.docker, self.name = stack, docker, name or stack.name
        # From 26 on the CLI can wait, and asks to be told.
        self.detach = ["--detach=true"] if docker.major >= 26 else []

    def deploy(self, updated=False, code=0):
        words = [word for file in self.stack.files(updated) for word in ("-c", str(file))]
        twin = self.docker.at(self.docker.url)
        twin.env = {**twin.env, **self.stack.variables(updated)}
        return twin("stack", "deploy", *self.detach, *(["--prune"] if updated else []), *words, self.name, code=code)

    def remove(self, wait=False, code=0):
        """With `wait` until the CLI has seen the tasks end, if it can do that."""
        return self.docker("stack", "rm", *([] if wait and not self.detach else
                                            ["--detach=false"] if wait else self.detach), self.name, timeout=60, code=code)

    def table(self, command, *columns, more=()):
        """The rows of `stack ps` or `stack services`, sorted."""
        form = "|".join("{{.%s}}" % column for column in columns)
        return sorted(self.docker("stack", command, "--format", form, *more, self.name).lines)

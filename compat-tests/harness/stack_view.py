"""What a stack looks like through inspect, without what differs from run to run: ids, versions, times, addresses."""
import re

from .stacks import NAMESPACE

# Values that say when or which, but not what.
DROPPED = {"ID", "Id", "Version", "CreatedAt", "UpdatedAt", "StartedAt", "CompletedAt", "LastExecution", "Created",
           "Peers", "Containers", "ConfigFrom", "ConfigOnly",
           "EnableIPv4"}  # Of newer engines only.
CONTAINER = ("User", "Tty", "OpenStdin", "Env", "Cmd", "Entrypoint", "WorkingDir", "Healthcheck", "StopSignal", "StopTimeout",
             "Domainname", "Image")
HOST = ("CapAdd", "CapDrop", "Sysctls", "Ulimits", "ReadonlyRootfs", "Init", "ExtraHosts", "Memory", "MemoryReservation",
        "NanoCpus", "PidsLimit", "LogConfig", "Isolation", "DnsSearch", "GroupAdd", "SecurityOpt",
        "PortBindings", "Tmpfs", "Privileged", "RestartPolicy", "AutoRemove")
ENDS = "com.example.ends"  # A label of services whose tasks end by themselves, though they are no jobs.
STAT = 'for f; do stat -Lc "%a %u %g %n" "$f"; md5sum <"$f"; done'


class View:
    """Names for the ids of a target's objects."""

    def __init__(self, swarm, name):
        self.swarm, self.name, self.names, self.host = swarm, name, {}, None
        self.label = f"{NAMESPACE}={name}"

    def _learn(self):
        api = self.swarm.api
        for ident, host in ((n["ID"], n["Description"]["Hostname"]) for n in api.get("/nodes")):
            self.names[ident] = f"<node {host}>"
        for network in api.get("/networks", scope="swarm"):
            self.names[network["Id"]] = f"<network {network['Name']}>"
        hidden = api.request("GET", "/networks/host?scope=swarm").json  # In no list; its id may be its name.
        self.host = hidden.get("Id", "host")
        for service in self.services():
            self.names[service["ID"]] = f"<service {service['Spec']['Name']}>"
            container = service["Spec"]["TaskTemplate"]["ContainerSpec"]
            for kind in ("Secret", "Config"):
                for given in container.get(kind + "s") or []:
                    self.names[given[f"{kind}ID"]] = f"<{kind.lower()} {given[f'{kind}Name']}>"
        for task in self.tasks():
            self.names[task["ID"]] = "<task>"

    def services(self):
        return sorted(self.swarm.api.get("/services?status=true", label=self.label), key=lambda s: s["Spec"]["Name"])

    def tasks(self):
        return self.swarm.api.get("/tasks", label=self.label)

    def plain(self, value):
        """A copy with names for ids, and without what is in DROPPED."""
        if isinstance(value, dict):
            return {self.plain(k): "<network host>" if v == self.host and k in ("Target", "NetworkID") else self.plain(v)
                    for k, v in value.items() if k not in DROPPED
                    and not (k == "NoNewPrivileges" and v is False)}  # Which newer engines show, and older ones leave out.
        if isinstance(value, list):
            return [self.plain(each) for each in value]
        if isinstance(value, str):
            return re.sub(r"[0-9a-z]{25}", lambda found: self.names.get(found[0], found[0]), value)
        return value

    def whole(self, docker):
        """The services of the stack as `service inspect` shows them, and its networks, secrets and configs."""
        self._learn()
        api, services = self.swarm.api, self.services()
        seen = {"services": {}, "networks": {}, "secrets": {}, "configs": {}}
        for name in sorted(s["Spec"]["Name"] for s in services):
            seen["services"][name] = self.service(api.service(name))
        for network in api.get("/networks", label=self.label):
            seen["networks"][network["Name"]] = self.network(network)
        for kind in ("secrets", "configs"):
            if any(s["Spec"]["TaskTemplate"]["ContainerSpec"].get(kind.title()) for s in services):
                for each in api.get(f"/{kind}", label=self.label):
                    seen[kind][each["Spec"]["Name"]] = self.plain(each["Spec"])
        return seen

    def service(self, service):
        spec, endpoint = service["Spec"], service["Endpoint"]
        shown = self.plain({k: v for k, v in service.items() if k not in ("Endpoint", "PreviousSpec", "ID")})
        # The names of networks, for their ids come in no order.
        shown["Endpoint"] = {**self.plain({k: v for k, v in endpoint.items() if k != "VirtualIPs"}), "VirtualIPs": sorted(
            self.plain(v)["NetworkID"] + re.sub(r"^.*/", " /", v.get("Addr", "")) for v in endpoint.get("VirtualIPs") or [])}
        for port in shown["Endpoint"].get("Ports") or []:
            if port.get("PublishedPort", 0) >= 30000:
                port["PublishedPort"] = "chosen"
        for network in shown["Spec"]["TaskTemplate"].get("Networks") or []:
            network.setdefault("Aliases", [])
        (shown["Spec"]["TaskTemplate"].get("Networks") or []).sort(key=lambda n: n["Target"])
        if "PreviousSpec" in service:
            shown["PreviousSpec"] = "as it is" if service["PreviousSpec"] == spec else self.plain(
                service["PreviousSpec"]["TaskTemplate"]["ContainerSpec"])
        return shown

    def network(self, network):
        shown = self.plain(network)
        asked = (shown["IPAM"] or {}).get("Config") or []
        for part in asked:
            if not part["Subnet"].startswith("10.211."):
                part.update(Subnet="any", Gateway="any")
        # Its ids count up for as long as the swarm lives.
        for option in shown.get("Options") or {}:
            if option.endswith("vxlanid_list"):
                shown["Options"][option] = "any"
        return shown

    def containers(self, docker):
        """One container of each service that runs for ever, as its engine shows it, and the files that the swarm gave it."""
        found = {}
        for host, each in self.swarm.containers(everything=False).items():
            for container in each:
                labels = container["Labels"]
                if labels.get(NAMESPACE) == self.name:
                    key = (labels["com.docker.swarm.service.name"], labels["com.docker.swarm.task.name"])
                    found.setdefault(key[0], []).append((key[1], host, container["Id"]))
        lasting = {s["Spec"]["Name"] for s in self.services() if "JobStatus" not in s and ENDS not in s["Spec"]["Labels"]}
        return {service: self._container(docker, *min(each)[1:]) for service, each in found.items() if service in lasting}

    def _container(self, docker, host, ident):
        whole = self.swarm.engines[host].get(f"/containers/{ident}/json")
        config, given = whole["Config"], whole["HostConfig"]
        service = self.swarm.api.service(config["Labels"]["com.docker.swarm.service.name"])
        files = _files(service["Spec"]["TaskTemplate"]["ContainerSpec"])
        shown = {"Config": {k: config.get(k) for k in CONTAINER}, "HostConfig": {k: given.get(k) for k in HOST}}
        if service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Hostname"):
            shown["Config"]["Hostname"] = config["Hostname"]
        shown["Config"]["Labels"] = {k: re.sub("<node h[0-9]>", "<node>", self.plain(v))  # Any node of a global service.
                                     for k, v in config["Labels"].items() if k != "com.docker.swarm.node.id"}
        if given.get("RestartPolicy", {}).get("Name") == "no":
            shown["HostConfig"]["RestartPolicy"] = {"MaximumRetryCount": 0, "Name": ""}  # As engines before 23 say it.
        shown["HostConfig"]["Mounts"] = [m for m in given.get("Mounts") or [] if m["Target"] not in files]
        shown["Mounts"] = sorted((f"{m['Type']} {m['Destination']} rw={m['RW']} {m['Propagation']}" for m in whole["Mounts"]
                                  if m["Destination"] not in files))
        shown["HostConfig"]["Env"] = shown["Config"].pop("Env")  # One list that is no mapping.
        for key in ("Mounts", "Env"):
            shown["HostConfig"][key] = sorted(map(str, shown["HostConfig"][key]))
        if files:
            shown["files"] = docker.at(self.swarm.engine_urls[host])(
                "exec", "-u", "0", ident, "sh", "-c", STAT, "sh", *files).lines
        return _without_empty(self.plain(shown))


def _files(container):
    """Where the secrets and configs of a service lie in its containers."""
    secrets = ["/run/secrets/" + s["File"]["Name"] if s["File"]["Name"][0] != "/" else s["File"]["Name"]
               for s in container.get("Secrets") or []]
    configs = ["/" + c["File"]["Name"].lstrip("/") for c in container.get("Configs") or []]
    return sorted(secrets + configs)


def _without_empty(value):
    """Engines differ in whether nothing is null, empty or left out."""
    if isinstance(value, dict):
        return {k: _without_empty(v) for k, v in value.items() if v not in (None, "", 0, False, [], {})}
    return value

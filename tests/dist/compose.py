# SPDX-License-Identifier: Apache-2.0
# dist/compose.py - docker/compose.yaml and the files it hands out
import os
import re
import subprocess

import yaml

import lab

FOLDER = os.path.join(lab.SOURCE, "docker")
PROFILES = ("demo", "asterisk")


def compose():
    return yaml.safe_load(lab.read(FOLDER + "/compose.yaml"))


def of_profile(name):
    return {k: v for k, v in compose()["services"].items()
            if name in v["profiles"]}


def compose_understands_every_profile():
    for name in PROFILES:
        said = lab.run("docker-compose", "-f", FOLDER + "/compose.yaml",
                       "--profile", name, "config")
        assert yaml.safe_load(said)["services"].keys() == \
            compose()["services"].keys(), said


def every_service_is_in_a_profile_that_is_documented():
    text = lab.read(FOLDER + "/README.md")
    for name, service in compose()["services"].items():
        assert set(service["profiles"]) <= set(PROFILES), name
    for name in PROFILES:
        assert f"--profile {name}" in text, name


def ports_are_published_on_loopback_only():
    found = [port for service in compose()["services"].values()
             for port in service.get("ports", [])]
    assert found and all(p.startswith("127.0.0.1:") for p in found), found


def the_relays_are_shut_in():
    relays = [s for s in compose()["services"].values()
              if s["image"] == "patchcord"]
    assert len(relays) == len(PROFILES)
    for relay in relays:
        assert relay["read_only"] is True
        assert relay["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in relay["security_opt"]


def what_a_service_needs_is_there():
    data = compose()
    for profile in PROFILES:
        services = of_profile(profile)
        for name, service in services.items():
            for other in service.get("depends_on", []):
                assert other in services, f"{name} needs {other}"
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                assert source in data["volumes"] or os.path.exists(
                    os.path.join(FOLDER, source)), volume
            for secret in service.get("secrets", []):
                path = data["secrets"][secret]["file"]
                assert os.path.exists(os.path.join(FOLDER, path)), path


def every_build_has_its_stage_and_its_files():
    for name, service in compose()["services"].items():
        build = service["build"]
        context = os.path.join(FOLDER, build["context"])
        path = os.path.join(context, build.get("dockerfile", "Dockerfile"))
        text = lab.read(path)
        if "target" in build:
            assert f" AS {build['target']}\n" in text, name
        for line in re.findall(r"(?m)^COPY (?!--from)(.*)$", text):
            for source in line.split()[:-1]:
                assert os.path.exists(os.path.join(context, source)), line


def the_relay_reads_its_configuration():
    program = os.path.join(lab.BUILT, "patchcord")
    if not os.path.exists(program):
        program = os.path.join(lab.SOURCE, "build/release/src/patchcord")
    done = subprocess.run([program, "check-config", "-c",
                           FOLDER + "/asterisk/patchcord.conf"],
                          capture_output=True, text=True, check=False,
                          env={"HOME": "/nonexistent"})
    assert done.stdout == "OK\n", done.stdout + done.stderr


def the_switch_knows_the_relays_secret():
    text = lab.read(FOLDER + "/asterisk/etc/manager.conf")
    secret = lab.read(FOLDER + "/asterisk/ami.secret").strip()
    assert re.search(rf"(?m)^secret = {re.escape(secret)}$", text)


def the_account_is_the_documented_one():
    """Rights and filters; addresses and secret are this demo's."""
    def rights(path):
        return sorted(re.findall(r"(?m)^(?:read|write|eventfilter) = .*$",
                                 lab.read(path)))
    ours = rights(FOLDER + "/asterisk/etc/manager.conf")
    assert ours == rights(lab.SOURCE + "/src/drivers/asterisk/manager.conf")
    assert len(ours) > 4


CASES = (
    compose_understands_every_profile,
    every_service_is_in_a_profile_that_is_documented,
    ports_are_published_on_loopback_only,
    the_relays_are_shut_in,
    what_a_service_needs_is_there,
    every_build_has_its_stage_and_its_files,
    the_relay_reads_its_configuration,
    the_switch_knows_the_relays_secret,
    the_account_is_the_documented_one,
)

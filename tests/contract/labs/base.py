# SPDX-License-Identifier: Apache-2.0
# labs/base.py - what the suite wants of a switch, and of its description
import tempfile

from lab import Lab
from proxy import Proxy


class Caller:
    """Someone who calls the agent; how it goes on was said before."""

    def done(self):
        """He has done what he was to do."""
        raise NotImplementedError

    def end(self):
        """Whatever he was to do, he is gone."""


class SwitchLab:
    """A switch, the agent's phone, callers and far ends.

    A new driver gets all cases of cases.py by such a class and its line in
    run_drivers.py. What a switch cannot do or show is declared here, each
    with the reason; the suite holds the driver to it.
    """

    driver = ""
    # Rings the agent's phone before it dials: dials begin with `alerting`.
    agent_first = False
    # What is not there: an action (answer, reject, hold, mute, transfer,
    # dtmf) or one of story.THINGS -> the reason.
    cannot = {}
    # The outcome of a case (story.CAUSES) -> (cause reported instead, reason)
    shows = {}
    # Calls stay as they are while the relay does not look.
    steady = True
    # What no switch says ends the link.
    leaves_garbage = True
    # How often a link is lost in a row.
    flaps = 8
    # Causes besides link_lost of a call whose switch is stopped.
    parting = ()
    # Cases that wait long run beside the others, in a lab of their own.
    patient = ()
    number_format = "+4969123%03d%s"
    # The last three digits say how it goes.
    codes = {
        "answered": "101",
        "short": "102",  # hangs up by itself soon after the answer
        "trying": "100",  # never rings
        "late": "103",  # answers after three seconds
        "no answer": "408",
        "rings": "408",
        "busy": "486",
        "bad number": "404",
        "unreachable": "480",
        "rejected": "603",
        "elsewhere": "777",  # where calls are transferred to
    }

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.lab = self.make_lab(self.folder.name)
        self.serial = 0
        self.proxy = None

    def make_lab(self, folder):
        return Lab(folder)

    def end(self):
        if self.proxy:
            self.proxy.end()
        self.lab.__exit__()
        self.folder.cleanup()

    def connect(self, port):
        """The relay's way to the switch, if it has one."""
        self.proxy = Proxy(port)
        return self.proxy.port

    def number(self, how):
        """A number nobody has dialed yet, as SAP's page would send it."""
        self.serial += 1
        return self.number_format % (self.serial, self.codes[how])

    # --- the switch ---

    def start(self):
        """Starts all of it; again after kill(): the switch."""
        raise NotImplementedError

    def kill(self):
        """The switch is gone, and its calls with it."""
        raise NotImplementedError

    def prepare(self, **wishes):
        """The relay's sections. short: far ends hang up soon; missed: the
        switch gives a caller up soon; password: another one."""
        raise NotImplementedError

    def running(self):
        """How many calls the agent's phone has, by the switch's own word;
        None where nobody can be asked."""
        return None

    def dialed(self, number):
        """How often the switch was asked for number."""
        raise NotImplementedError

    def heard(self):
        """Counts what sounds at the far end; None where nothing does."""
        return None

    def holds(self):
        """How often far ends were put on hold."""
        raise NotImplementedError

    def digits(self, clear=False):
        """The digits the far end heard."""
        return None

    def transferred(self, number):
        """Whether a call was transferred to that number."""
        return None

    # --- people ---

    def phone(self, how):
        """What the agent's phone does with the next dials, where it rings
        first: answers, rings, refuses, away."""

    def caller(self, page, then="waits", **who):
        """Someone calls the agent and then waits, gives up, hangs up after
        the answer, is answered elsewhere or missed. who: number, name,
        pause_ms until he does so."""
        raise NotImplementedError

    def pick_up(self):
        """The agent answers at his phone."""
        raise NotImplementedError

    def refuse(self):
        """The agent rejects at his phone."""
        raise NotImplementedError

    def own_dial(self, number):
        """The agent dials on his phone."""
        raise NotImplementedError

    def hold(self):
        """The agent puts a call on hold at his phone."""
        raise NotImplementedError

    def ready_to_cut(self, story):
        """Called before a story whose link is cut."""

    def cut(self):
        self.proxy.refuse()

    def heal(self):
        self.proxy.heal()

    def shut(self):
        """The link is cut, and refused whenever the relay tries again."""
        self.proxy.refuse()

# SPDX-License-Identifier: Apache-2.0
# chaos/plan.py - what happens in a round, decided by the seed alone
import random

from chaos.desk import AGENTS

# How the link is lost -> whether each relay must come anew.
CUTS = {
    "drop": True,
    "reset": True,
    "half_open": True,
    "silence": False,  # a short one is lived through
    "garbage": True,
    "trickle": False,
    "refuse": True,
    "closed": True,
    "kill": True,
    "stop": True,  # as a service is: calls are ended first
    "freeze": False,  # it runs on later, with all that came meanwhile
    "flutter": True,  # dropped again and again
}
# A click is acknowledged, and nobody knows yet that the switch has not heard.
NOT_NOTICED = ("half_open", "silence", "freeze")
TOLD_AT_ONCE = ("refuse", "closed", "kill", "stop")
LIVED_THROUGH = ("silence", "freeze")

# Who is dialed goes by the last three digits.
DIALED = ("101", "101", "101", "102", "408", "486", "404", "480", "603")
CALLED = ("agent1", "agent2", "agent1", "agent2", "group", "support", "turns",
          "next", "local")
SCENARIOS = ("caller", "caller", "caller_gives_up", "caller_hangs_up")
REACTIONS = ("accept", "accept", "accept", "hangup", None)
TURNS = (
    ("phone", "hangup"), ("phone", "hangup"), ("phone", "hold"),
    ("phone", "resume"), ("phone", "transfer"), ("desk", "hangup"),
    ("desk", "reject"), ("desk", "transfer"), ("desk", "dtmf"),
)


def deck(seed, size):
    """Each way comes once in so many rounds."""
    names = sorted(CUTS)
    out = []
    for n in range(size // len(names) + 1):
        dice = random.Random("%s deck %d" % (seed, n))
        out += dice.sample(names, len(names))
    return out


class Plan:
    def __init__(self, seed, number):
        self.dice = random.Random("%s round %d" % (seed, number))
        self.number = number
        self.cut = deck(seed, number)[number - 1]
        self.severs = CUTS[self.cut]
        self.at = self.dice.uniform(0.3, 2.2)
        self.out = round(self.dice.uniform(*self.lengths()), 3)
        self.serial = 0
        self.reactions = {
            user: [(round(self.dice.uniform(0.05, 0.9), 3),
                    self.dice.choice(REACTIONS)) for _ in range(8)]
            for user in AGENTS}
        self.todo = []
        self.life(0, self.at, self.dice.randint(2, 5),
                  self.dice.randint(2, 6))
        self.aim()
        self.over = self.at + self.out + 0.1
        self.life(self.at, self.over, self.dice.randint(1, 4),
                  self.dice.randint(1, 6))
        self.outage()

    def lengths(self):
        """Silence is lived through, or what was said in it comes too late."""
        if self.cut in LIVED_THROUGH:
            return self.dice.choice(((0.1, 1.5), (2.3, 3.2)))
        return (0.1, 3.0)

    def aim(self):
        """Half of the cuts hit what is just under way."""
        if self.dice.random() < 0.5:
            self.at = self.dice.choice(self.todo)[0] + \
                self.dice.uniform(-0.01, 0.06)
        self.at = round(max(self.at, 0.05), 3)

    def life(self, begin, end, calls, turns):
        """Calls that begin and turns that calls take, at random instants."""
        for n in range(calls):
            self.add(self.dice.uniform(begin, end), *self.call())
        for n in range(turns):
            self.add(self.dice.uniform(begin, end), *self.turn())

    def add(self, at, name, *args):
        self.todo.append((round(at, 3), name, args))

    def call(self):
        self.serial += 1
        user = self.dice.choice(AGENTS)
        number = "%03d%02d" % (self.number % 1000, self.serial)
        kind = self.dice.random()
        if kind < 0.45:
            return ("click", user, "+4969%s%s" %
                    (number, self.dice.choice(DIALED)))
        if kind < 0.9:
            return ("caller", self.dice.choice(CALLED),
                    self.dice.choice(SCENARIOS), "03012" + number,
                    self.dice.randint(100, 2500))
        other = "10" + ("2" if user == "agent1" else "1")
        return ("phone", user, "dial", self.dice.choice(
            (other, "069%s%s" % (number, self.dice.choice(DIALED)))))

    def turn(self):
        who, what = self.dice.choice(TURNS)
        user = self.dice.choice(AGENTS)
        if who == "phone" and what == "transfer":
            return (who, user, what, "10" + ("2" if user == "agent1" else "1"))
        if what == "transfer":
            return (who, user, what, {"to": "+4969777%s" %
                                      self.dice.choice(DIALED)})
        if what == "dtmf":
            return (who, user, what, {"digits": "12#"})
        return (who, user, what)

    def outage(self):
        self.add(self.at, "cut_link", "drop" if self.cut == "flutter"
                 else self.cut, self.dice.randbytes(512))
        if self.cut == "flutter":
            for n in range(self.dice.randint(2, 6)):
                self.add(self.dice.uniform(self.at, self.over - 0.05), "again")
        if self.cut in NOT_NOTICED:
            for user in AGENTS:
                self.add(self.at + self.dice.uniform(0, 1.2), "click", user,
                         "+4969%03d%02d101" % (self.number % 1000,
                                               90 + AGENTS.index(user)))
        if self.cut in TOLD_AT_ONCE and self.out > 0.8:
            self.add(self.at + 0.5, "down", self.dice.choice(AGENTS))
        self.add(self.at + self.out, "heal_link", self.cut)

    def steps(self):
        return sorted(self.todo, key=lambda step: step[0])

    def name(self):
        return "%s after %.1f s for %.1f s" % (
            self.cut.replace("_", "-"), self.at, self.out)

    def tell(self):
        def short(arg):
            return "…" if isinstance(arg, bytes) else str(arg)
        return "\n".join("%6.3f %s(%s)" % (at, name,
                                           ", ".join(map(short, args)))
                         for at, name, args in self.steps()) + \
            "\nreactions %s" % self.reactions

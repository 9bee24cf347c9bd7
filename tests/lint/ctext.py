# SPDX-License-Identifier: Apache-2.0
# lint/ctext.py - C sources as the rules see them, by their fixed layout
"""The code is laid out by clang-format, so a function is what stands between
a "{" and the next "}" that begin a line, and a tab is a level of nesting.
"""
import re

TOKENS = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
CONTROL = re.compile(
    r"(\t+)(?:\} )?(?:if|else|for|while|do|switch|\w*FOREACH\w*)\b")
NO_FUNCTION = re.compile(r"^(?:\}|#|/)|;$")


def blank(text):
    """Without comments and with empty strings; lines stay where they are."""
    def hide(match):
        token = match.group(0)
        if token[0] == "/":
            return "\n" * token.count("\n") or " "
        return token[0] * 2
    return TOKENS.sub(hide, text)


class Function:
    """One definition; line numbers count from 1."""

    def __init__(self, head, brace, body):
        self.head = " ".join(part.strip() for part in head)
        self.first = brace - len(head)
        self.brace = brace  # the line of "{"
        self.body = body  # the lines between the braces
        self.lines = len(head) + len(body) + 2

    @property
    def name(self):
        found = re.search(r"(\w+)\s*\(", self.head)
        return found.group(1) if found else "?"

    def parameters(self):
        text = self.head[self.head.index("("):] if "(" in self.head else "()"
        inside = text[1:text.rindex(")")] if ")" in text else ""
        depth = 0
        count = 1 if inside.strip() not in ("", "void") else 0
        for c in inside:
            depth += (c == "(") - (c == ")")
            count += c == "," and depth == 0
        return count

    def deepest(self):
        """The deepest nesting and the line where it is."""
        best = (0, self.first)
        for i, line in enumerate(self.body):
            found = CONTROL.match(line)
            if found and len(found.group(1)) > best[0]:
                best = (len(found.group(1)), self.brace + i + 1)
        return best


def functions(text):
    """All function definitions of a source."""
    lines = [line.rstrip() for line in blank(text).split("\n")]
    found = []
    for i, line in enumerate(lines):
        if line != "{":
            continue
        top = i
        while top > 0 and lines[top - 1] and \
                not NO_FUNCTION.search(lines[top - 1]):
            top -= 1
        head = lines[top:i]
        end = i + 1
        while end < len(lines) and not lines[end].startswith("}"):
            end += 1
        if "(" in "".join(head):
            found.append(Function(head, i + 1, lines[i + 1:end]))
    return found


def is_constant(declaration):
    """The object itself is const, not only what it points to."""
    before = declaration.split("=")[0]
    inside = re.search(r"\(\*([^()]*)\)", before)  # a pointer to function
    if inside:
        return "const" in inside.group(1)
    return "const" in before.rsplit("*", 1)[-1].split()


def is_variable(statement):
    """A definition of an object at file scope."""
    if re.match(r"(typedef|extern|using|namespace|_?[sS]tatic_assert)\b",
                statement):
        return False
    before = statement.split("=")[0].strip()
    if "(" in before:  # a function, or a pointer to one
        return before[before.index("("):].startswith("(*")
    if re.match(r"(struct|enum|union)( \w+)?( ?\{\})?$", before):
        return False
    return bool(re.search(r"[\w}][\s*]+\w+\s*(\[.*\])*$", before))


def statements(text):
    """Statements at file scope with their lines; braces are emptied."""
    text = re.sub(r"^[ \t]*#(?:.*\\\n)*.*$",
                  lambda m: "\n" * m.group(0).count("\n"), blank(text),
                  flags=re.M)
    text = re.sub(r'extern "" \{', "", text)
    depth = 0
    line = start = 1
    out = ""
    for c in text:
        line += c == "\n"
        if c == "}":
            depth -= 1
        if depth <= 0:
            depth = 0
            if not out.strip() and not c.isspace():
                start, out = line, ""
            out += c
        if c == "{":
            depth += 1
        if depth == 0 and c == ";":
            yield start, " ".join(out[:-1].split())
            out = ""
        elif depth == 0 and c == "}" and re.search(r"\)\s*\{\}\s*$", out):
            out = ""  # a function


def mutable(text, header=False):
    """Variables that live as long as the program and may change. A header
    defines none but static ones; the rest there are declarations."""
    for line, statement in statements(text):
        if header and not statement.startswith("static "):
            continue
        if is_variable(statement) and not is_constant(statement):
            yield line, statement
    for function in functions(text):
        for i, line in enumerate(function.body):
            found = re.match(r"\t+(static .*?)[;=]", line)
            if found and not is_constant(found.group(1)):
                yield function.brace + i + 1, found.group(1)


def conditionals(text):
    """Lines with #if that are neither guards nor for C++."""
    lines = blank(text).split("\n")
    for i, line in enumerate(lines):
        found = re.match(r"#\s*(if|ifdef|ifndef)\b\s*(.*)", line)
        if not found or "__cplusplus" in line:
            continue
        following = lines[i + 1] if i + 1 < len(lines) else ""
        if found.group(1) == "ifndef" and \
                following.split()[:2] == ["#define", found.group(2).strip()]:
            continue
        yield i + 1

# SPDX-License-Identifier: Apache-2.0
# lint/pages.py - rules about what the pages of www/ may contain
import json
import re

import project

# What turns text into markup or code, tells everybody, or keeps things where
# every server of this computer reads them.
SCRIPT = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|"
    r"parseHTMLUnsafe|createContextualFragment|srcdoc|execScript)\b"
    r"|\bdocument\s*\.\s*(?:write(?:ln)?|cookie|domain)\b"
    r"|\beval\b|\bFunction\s*\(|text/html|javascript:"
    r"|\bset(?:Timeout|Interval)\s*\(\s*['\"`]"
    r"|\bsetAttribute\s*\(\s*['\"`]on"
    r"|['\"`]\*['\"`]\s*(?:,|\))|targetOrigin\s*:\s*['\"`]\*"
    r"|\b(?:local|session)Storage\b|\b(?:WebSocket|importScripts)\b")
# What the Content-Security-Policy would not run anyway.
MARKUP = re.compile(
    r"<script(?![^>]*\ssrc=\"/)|<style|<base|<iframe[^>]*\ssrcdoc|javascript:"
    r"|<[^>]*\s(?:on\w+|style)\s*=", re.I)


def findings(pattern, suffix):
    for name in project.select((suffix,), ("www/",)):
        text = project.read(name)
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{name}:{line} {found.group(0)!r}"


def scripts():
    yield from findings(SCRIPT, ".js")


def markup():
    yield from findings(MARKUP, ".html")


# --- the widget's texts: www/lang/*.json ---

LANGUAGES = "www/lang/"
PROBLEMS = "src/base/problem.c"
# t('key'), tCount(`cause.${x}.in`), data-t="key", and keys chosen between
TEXT_KEY = re.compile(r"""['"`]([a-z]\w*(?:\.[\w${}]+)+)['"`]""")
# Met by programs and by pages of other rooms, never by an agent's widget.
UNSEEN = {"origin_blocked", "event_not_found", "pairing_not_found",
          "bad_method", "ref_reused", "pairings_full", "claim_held",
          "claim_done", "claim_order", "claim_stale", "bad_origin"}


def key_pattern(used):
    """The keys that a text in a script stands for."""
    parts = re.split(r"\$\{[^}]*\}?", used)
    return re.compile(r"\w+".join(map(re.escape, parts)) + r"(?:\.\w+)?\Z")


def texts_used():
    used = set()
    for name in project.files():
        if name == "www/index.html" or re.match(r"www/widget/\w+\.js", name):
            used.update(TEXT_KEY.findall(project.read(name)))
    return used


def text_faults(languages, used, problems):
    """languages: name -> texts; problems: codes of refusals."""
    english = languages["en"]
    for name, words in languages.items():
        for key in sorted(english.keys() ^ words.keys()):
            yield f"{name}: {key} is not in each language"
        for key in sorted(english.keys() & words.keys()):
            marks = [set(re.findall(r"\{\w+\}", each[key]))
                     for each in (english, words)]
            if marks[0] != marks[1]:
                yield f"{name}: {key} has other values than in English"
            if not words[key].strip():
                yield f"{name}: {key} says nothing"
    for key in sorted(english):
        plain = re.sub(r"\.(?:one|other)\Z", "", key)
        if plain not in used and not any(
                "${" in each and key_pattern(each).match(key)
                for each in used):
            yield f"{key} is not used"
    rooms = {key.split(".")[0] for key in english}
    for key in sorted(used):
        if "${" not in key and key.split(".")[0] in rooms and not \
                {key, f"{key}.other"} & english.keys():
            yield f"{key} is used and has no text"
    for code in sorted(problems - UNSEEN):
        if not {f"problem.{code}.title",
                f"problem.{code}.fix"} <= english.keys():
            yield f"problem.{code}: no title or no fix"
    for key in english:
        if key.startswith("problem.") and key.split(".")[1] not in problems:
            yield f"{key}: no such refusal"


def texts():
    languages = {}
    for name in project.files():
        if name.startswith(LANGUAGES):
            languages[name[len(LANGUAGES):-5]] = json.loads(
                project.read(name))
    problems = set(re.findall(r'= \{"(\w+)", \d+', project.read(PROBLEMS)))
    yield from text_faults(languages, texts_used(), problems)


RULES = {
    "pages: texts in each language": texts,
    "pages: text stays text": scripts,
    "pages: scripts and styles in files": markup,
}

# SPDX-License-Identifier: Apache-2.0
# lint/pages.py - rules about what the pages of www/ may contain
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


RULES = {
    "pages: text stays text": scripts,
    "pages: scripts and styles in files": markup,
}

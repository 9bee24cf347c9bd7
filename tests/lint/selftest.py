#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# lint/selftest.py - the rules find what they are for
import sys
import unittest

sys.dont_write_bytecode = True

import ctext
import docs
import opened
import pages
import sources

LONG = """static const struct row rows[] = {
	{"a", 1},
};

static int
walk(struct list *list, int (*fn)(void *arg, int n),
     void *arg)
{
	for (;;) {
		if (list) /* if (x) { */
			while (1)
				do
					fn("}", 1);
				while (0);
	}
}
"""


class Text(unittest.TestCase):
    def test_comments_and_texts_are_blank(self):
        text = ctext.blank('a /* b\nc */ "d // e" \'f\' // g')
        self.assertEqual(text, 'a \n "" \'\'  ')

    def test_a_function_is_found_with_its_lines(self):
        only, = ctext.functions(LONG)
        self.assertEqual((only.name, only.first, only.lines), ("walk", 5, 12))

    def test_nesting_counts_what_has_no_braces(self):
        only, = ctext.functions(LONG)
        self.assertEqual(only.deepest(), (4, 12))

    def test_parameters_of_a_parameter_do_not_count(self):
        only, = ctext.functions(LONG)
        self.assertEqual(only.parameters(), 3)

    def test_void_is_no_parameter(self):
        only, = ctext.functions("int f(void)\n{\n}\n")
        self.assertEqual(only.parameters(), 0)

    def test_variables_that_change_are_found(self):
        for text in ("static int count;", "struct x *head = NULL;",
                     "static const char *name;", "static char buf[8];",
                     "static void (*hook)(int n);",
                     "static struct x y = {\n\t.a = 1,\n};",
                     "int f(void)\n{\n\tstatic int n;\n}\n"):
            self.assertEqual(len(list(ctext.mutable(text))), 1, text)

    def test_what_cannot_change_is_no_variable(self):
        for text in ("static const int n = 1;", "struct x;",
                     "static const char *const names[] = {\"a\"};",
                     "struct x {\n\tint n;\n};", "extern char **environ;",
                     "enum { A = 1 };", "int f(int (*fn)(void *), int n);",
                     "typedef int fn(void);", "TAILQ_HEAD(list, item);",
                     "static int (*const run[])(void) = {\n\tone,\n};",
                     "#define X \\\n\tint n;\n",
                     "int f(void)\n{\n\tstatic const int n = 1;\n}\n"):
            self.assertEqual(list(ctext.mutable(text)), [], text)

    def test_guards_are_no_conditionals(self):
        text = ("#ifndef A_H\n#define A_H\n#ifdef __cplusplus\n#endif\n"
                "#ifdef __linux__\n#endif\n#endif\n")
        self.assertEqual(list(ctext.conditionals(text)), [5])


class Layers(unittest.TestCase):
    def fault(self, name, path, quote='"'):
        return sources.layer_fault(name, quote, path)

    def test_a_room_stands_on_lower_ones(self):
        self.assertIsNone(self.fault("src/call/dial.c", "store/sql.h"))
        self.assertIsNone(self.fault("src/call/dial.c", "call/priv.h"))
        self.assertIsNone(self.fault("src/cli/serve.c", "app.h"))
        self.assertIsNone(self.fault("src/app.c", "notify.h"))

    def test_a_room_does_not_see_higher_ones_or_neighbours(self):
        self.assertIsNotNone(self.fault("src/call/dial.c", "api/api.h"))
        self.assertIsNotNone(self.fault("src/sap/lint.c", "store/sql.h"))
        self.assertIsNotNone(self.fault("src/app.c", "cli/cli.h"))

    def test_a_driver_sees_contracts_and_itself(self):
        name = "src/drivers/a/x.c"
        self.assertIsNone(self.fault(name, "drivers/a/y.h"))
        self.assertIsNone(self.fault(name, "cti/driver.h"))
        self.assertIsNotNone(self.fault(name, "drivers/b/y.h"))
        self.assertIsNone(self.fault(name, "drivers/wire.h"))
        self.assertIsNotNone(self.fault(name, "drivers/drivers.h"))
        self.assertIsNotNone(self.fault(name, "base/utf8.h"))

    def test_a_library_has_one_room(self):
        self.assertIsNone(self.fault("src/loop/tcp.c", "uv.h", "<"))
        self.assertIsNotNone(self.fault("src/http/conn.c", "uv.h", "<"))
        self.assertIsNotNone(self.fault("include/cti/a.h", "uv.h", "<"))
        self.assertIsNotNone(
            self.fault("src/sap/a.c", "yajl/yajl_parse.h", "<"))

    def test_contracts_include_only_contracts(self):
        self.assertIsNotNone(self.fault("include/cti/a.h", "call/calls.h"))


class Words(unittest.TestCase):
    def test_banned_functions_are_calls(self):
        for text in ("strcpy(a, b)", "x = atoi (s)"):
            self.assertTrue(sources.BANNED.search(text), text)
        for text in ("cti_signal(x)", "d->system(x)", "strcpys(a)"):
            self.assertFalse(sources.BANNED.search(text), text)

    def test_a_loose_end_may_have_a_number(self):
        self.assertTrue(sources.UNFINISHED.search("TO" + "DO later"))
        self.assertFalse(sources.UNFINISHED.search("TO" + "DO(#12) later"))
        self.assertFalse(sources.UNFINISHED.search('mkstemp("aXXXXXX")'))

    def test_text_of_a_page_stays_text(self):
        for text in ("el.innerHTML = x", "document . write(x)", "eval(x)",
                     "new Function(x)", "setTimeout('x()', 1)",
                     "parent.postMessage(x, '*')", "localStorage.x = 1",
                     "el.setAttribute('onclick', x)", "{targetOrigin: '*'}"):
            self.assertTrue(pages.SCRIPT.search(text), text)
        for text in ("el.textContent = x", "a.onclick = (x) => y(x)",
                     "setTimeout(x, 1)", "postMessage(x, origin)",
                     "for (const key of '1*0#')", "evaluate(x)",
                     "parseFromString(x, 'application/xml')"):
            self.assertFalse(pages.SCRIPT.search(text), text)

    def test_texts_are_in_each_language_and_used(self):
        used = {"a.b", "c.${x}.d", "a.n"}
        good = {"a.b": "B {n}", "c.x.d": "D", "a.n.one": "1", "a.n.other": "2",
                "problem.bad.title": "T", "problem.bad.fix": "F"}
        used.update(("problem.${code}.title", "problem.${code}.fix"))

        def faults(english, german, told=used, problems=frozenset({"bad"})):
            return list(pages.text_faults({"en": english, "de": german},
                                          told, problems))

        self.assertEqual(faults(good, good), [])
        for key in good:
            less = {k: v for k, v in good.items() if k != key}
            self.assertEqual(len(faults(good, less)), 1, key)
        self.assertEqual(len(faults(good, {**good, "a.b": "B"})), 1)
        more = {**good, "a.c": "C"}
        self.assertEqual(faults(more, more), ["a.c is not used"])
        self.assertEqual(len(faults(good, good, used | {"a.d"})), 1)
        self.assertEqual(len(faults(good, good, problems={"bad", "new"})), 1)

    def test_a_page_has_its_scripts_in_files(self):
        for text in ("<script>x</script>", '<p style="x">', "<b onclick=x>",
                     '<script src="https://x/y.js">', "<base href=x>"):
            self.assertTrue(pages.MARKUP.search(text), text)
        for text in ('<script type="module" src="/x.js"></script>',
                     '<link rel="stylesheet" href="/x.css">', "<p>on = 1</p>"):
            self.assertFalse(pages.MARKUP.search(text), text)

    def test_tests_may_fill_in_a_path_in_their_ways(self):
        pattern = docs.path_pattern("/api/v1/calls/{id}/redial")
        for text in ("/api/v1/calls/%s/redial", "/api/v1/calls/${id}/redial",
                     '"/api/v1/calls/" + id + "/redial"'):
            self.assertTrue(pattern.search(text), text)
        self.assertFalse(pattern.search("/api/v1/calls/%s/redialed"))

    def test_a_path_is_not_the_beginning_of_a_longer_one(self):
        pattern = docs.path_pattern("/api/v1/calls")
        self.assertFalse(pattern.search('"/api/v1/calls/%s"'))
        self.assertTrue(pattern.search('"/api/v1/calls?ref=1"'))

    def test_keys_are_read_from_the_help(self):
        text = 'Each key.\n\nagent "ID":\n  device = ""\n      x\n'
        self.assertEqual(list(docs.help_keys(text)), ["agent.device"])

    def test_names_of_tests_are_found(self):
        text = "| `x` | crash; `a_b_c`, “one of us” |"
        self.assertEqual([n for _, n in docs.tests_named(text)],
                         ["a_b_c", "one of us"])

    def test_a_key_twice_is_no_good_json(self):
        with self.assertRaises(ValueError):
            docs.no_repeats([("a", 1), ("a", 2)])

    def test_paths_of_a_machine_are_found(self):
        self.assertTrue(docs.HOME.search("cd /ro" + "ot/x"))
        self.assertTrue(docs.HOME.search('"/ho' + 'me/bob/x"'))
        self.assertFalse(docs.HOME.search("/home/ada/.config"))
        self.assertFalse(docs.HOME.search("example.com/home/x"))

    def test_presets_that_open_the_relay_are_found(self):
        switched = {"cacheVariables": {opened.SWITCH: "ON"}}
        self.assertEqual(
            list(opened.presets_at_fault([
                {"name": "dev"}, {"name": "open", **switched},
                {"name": "a", **switched}, {"name": "b", "inherits": "open"},
                {"name": "c", "inherits": ["dev", "open"]},
                {"name": "d", "inherits": "dev"}])), ["a", "b", "c"])


class Report(unittest.TextTestResult):
    def addSuccess(self, test):
        print("ok - rules: " + test.id().split(".")[-1].replace("_", " ")[5:])

    def report(self, test, error):
        print("FAIL - rules: " + test.id().split(".")[-1].replace("_", " ")[5:])
        print(self._exc_info_to_string(error, test))

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.report(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self.report(test, error)

    def printErrors(self):
        pass


if __name__ == "__main__":
    runner = unittest.TextTestRunner(resultclass=Report, verbosity=0,
                                     stream=open("/dev/null", "w"))
    unittest.main(testRunner=runner)

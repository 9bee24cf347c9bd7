/* SPDX-License-Identifier: Apache-2.0 */
/* cli/completion.c - patchcord completion: the tables as a shell's function */
#include <string.h>

#include "cli/command.h"
#include "conf/schema.h"

#define say(...) cti_cli_say(out, __VA_ARGS__)

/* Words that are asked for with "files" in front complete to paths. */
static const char head[] =
	"# bash completion of patchcord, by: patchcord completion bash\n"
	"_patchcord()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-}\n"
	"\tlocal at=$((COMP_CWORD - 1)) first=0 i prev words= options= "
	"subwords=\n"
	"\tlocal operands=\n"
	"\tCOMPREPLY=()\n"
	"\t# --option=value comes as three words\n"
	"\tif [[ $cur == = ]]; then cur=\n"
	"\telif ((COMP_CWORD > 2)) && [[ ${COMP_WORDS[at]} == = ]]; then "
	"at=$((at - 1))\n"
	"\tfi\n"
	"\tprev=${COMP_WORDS[at]}\n";

static const char tail[] =
	"\t\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
	"\t\t\t[[ \" $subwords \" == *\" ${COMP_WORDS[i]} \"* ]] && first=1\n"
	"\t\tdone\n"
	"\t\tif [[ $cur == -* ]]; then words=$options\n"
	"\t\telif [[ -n $subwords ]]; then ((first)) || words=$subwords\n"
	"\t\telse words=$operands\n"
	"\t\tfi\n"
	"\tfi\n"
	"\tif [[ $words == files ]]; then\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"\telif [[ -n $words && $words != nothing ]]; then\n"
	"\t\t[[ $words == *= ]] && compopt -o nospace 2>/dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	"\tfi\n"
	"}\n"
	"complete -F _patchcord patchcord\n";

/* --- values of options --- */

static void put_keys(FILE *out)
{
	size_t n;
	const struct cti_key *keys = cti_schema_keys(&n);

	for (size_t i = 0; i < n; i++)
		if (!cti_schema_titled(&keys[i]))
			say("%s%s.%s=", i ? " " : "", keys[i].section,
			    keys[i].name);
}

static void put_choices(FILE *out, const char *choices)
{
	for (; *choices; choices++)
		say("%c", *choices == '|' ? ' ' : *choices);
}

static void put_value(FILE *out, const struct cti_option *opt)
{
	if (opt->choices)
		put_choices(out, opt->choices);
	else if (opt->kind == CTI_OPTION_SET)
		put_keys(out);
	else
		say("%s", !strcmp(opt->metavar, "FILE") ? "files" : "nothing");
}

/* "call --script" | "call -s") words="…" ;; */
static void put_values(FILE *out, const struct cti_command *command)
{
	for (const struct cti_option *opt = command->options; opt->name;
	     opt++) {
		if (!opt->metavar)
			continue;
		say("\t\"%s --%s\"", command->name, opt->name);
		if (opt->letter)
			say(" | \"%s -%c\"", command->name, opt->letter);
		say(") words=\"");
		put_value(out, opt);
		say("\" ;;\n");
	}
}

/* --- words of commands --- */

static void put_commands(FILE *out)
{
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		say("%s%s", at == cti_commands ? "" : " ", (*at)->name);
}

static void put_operands(FILE *out, const struct cti_command *command)
{
	const char *operands = command->operands ? command->operands : "";

	if (strstr(operands, "FILE"))
		say("files");
	else if (strstr(operands, "COMMAND"))
		put_commands(out);
	else if (strstr(operands, "bash"))
		say("bash");
}

static void put_command(FILE *out, const struct cti_command *command)
{
	const char *blank = "";

	say("\t\t%s)\n\t\t\toptions=\"", command->name);
	for (const struct cti_option *opt = command->options; opt->name;
	     opt++) {
		say("%s--%s", blank, opt->name);
		blank = " ";
	}
	say("\"\n\t\t\tsubwords=\"");
	for (const struct cti_word *word = command->words; word && word->name;
	     word++)
		say("%s%s", word == command->words ? "" : " ", word->name);
	say("\"\n\t\t\toperands=\"");
	put_operands(out, command);
	say("\"\n\t\t\t;;\n");
}

static void bash_print(FILE *out)
{
	say("%s\tcase \"$command $prev\" in\n", head);
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		put_values(out, *at);
	say("\tesac\n"
	    "\tif ((COMP_CWORD == 1)); then words=\"");
	put_commands(out);
	say("\"\n\telif [[ -z $words ]]; then\n"
	    "\t\tcase $command in\n");
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		put_command(out, *at);
	say("\t\tesac\n%s", tail);
}

/* --- the command --- */

static const struct cti_option no_options[] = {
	CTI_LAST_OPTIONS,
};

static int completion_run(const struct cti_cli *cli,
			  const struct cti_args *args)
{
	if (!args->noperands)
		return cti_command_misused(cli, &cti_command_completion,
					   "for which shell? bash");
	if (strcmp(args->operands[0], "bash") != 0)
		return cti_command_misused(cli, &cti_command_completion,
					   "only bash is known");
	bash_print(cli->out);
	return CTI_EXIT_OK;
}

const struct cti_command cti_command_completion = {
	.name = "completion",
	.group = CTI_GROUP_SELF,
	.summary = "Prints what lets a shell complete commands",
	.operands = "bash",
	.examples = "  source <(patchcord completion bash)\n",
	.max_operands = 1,
	.options = no_options,
	.run = completion_run,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - where the process begins */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cti_cli_main(argc, argv);
}

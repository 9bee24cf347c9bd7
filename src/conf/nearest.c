/* SPDX-License-Identifier: Apache-2.0 */
/* conf/nearest.c - edit distance, and the nearest of many words */
#include "conf/nearest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The last three rows of the distance table are enough for swaps. */
struct rows {
	size_t cell[3][CTI_NEAREST_MAX + 1];
};

static size_t nearest_length(const char *text)
{
	return strnlen(text, CTI_NEAREST_MAX);
}

static bool nearest_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t nearest_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t nearest_cell(const struct rows *rows, const char *a,
			   const char *b, size_t i, size_t j)
{
	const size_t *above = rows->cell[(i + 2) % 3];
	const size_t *row = rows->cell[i % 3];
	size_t best = nearest_least(above[j] + 1, row[j - 1] + 1);

	best = nearest_least(best,
			     above[j - 1] + !nearest_same(a[i - 1], b[j - 1]));
	if (i > 1 && j > 1 && nearest_same(a[i - 1], b[j - 2]) &&
	    nearest_same(a[i - 2], b[j - 1]))
		best = nearest_least(best, rows->cell[(i + 1) % 3][j - 2] + 1);
	return best;
}

size_t cti_nearest_distance(const char *a, const char *b)
{
	size_t alen = nearest_length(a);
	size_t blen = nearest_length(b);
	struct rows rows;

	for (size_t j = 0; j <= blen; j++)
		rows.cell[0][j] = j;
	for (size_t i = 1; i <= alen; i++) {
		rows.cell[i % 3][0] = i;
		for (size_t j = 1; j <= blen; j++)
			rows.cell[i % 3][j] = nearest_cell(&rows, a, b, i, j);
	}
	return rows.cell[alen % 3][blen];
}

void cti_nearest_init(struct cti_nearest *nearest, const char *text)
{
	size_t len = nearest_length(text);
	size_t edits = len <= 3 ? 1 : 2;

	nearest->text = text;
	nearest->best = NULL;
	nearest->distance = (len / 3 > edits ? len / 3 : edits) + 1;
}

bool cti_nearest_offer(struct cti_nearest *nearest, const char *word)
{
	size_t distance = cti_nearest_distance(nearest->text, word);

	if (distance >= nearest->distance)
		return false;
	nearest->distance = distance;
	nearest->best = word;
	return true;
}

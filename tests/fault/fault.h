/* SPDX-License-Identifier: Apache-2.0 */
/* fault/fault.h - what can fail when a test says so */
#ifndef FAULT_FAULT_H
#define FAULT_FAULT_H

#include <stdbool.h>

/**
 * A test arms a kind; or the environment does, for each test of a program that
 * check runs in a process of its own: FAULT=memory FAULT_PLAN=PATH, a file with
 * a number for each test, in their order. FAULT_LOG=PATH appends how often each
 * kind could have failed, a line a test.
 */
enum fault_kind {
	FAULT_MEMORY, /* malloc() and its like of everything linked in */
	FAULT_CALL,   /* open(), stat(), recv() … likewise */
	FAULT_SQLITE, /* SQLite's memory */
	FAULT_DISK,   /* SQLite's reads, writes, syncs, truncates, opens */
	FAULT_LOOP,   /* libuv's memory */
	FAULT_NEW,    /* C++: throws std::bad_alloc */
	FAULT_KINDS
};

/** The n-th from now on fails, once; 0 = none does. */
void fault_at(enum fault_kind kind, unsigned n);
/** Did it? Nothing fails any more. */
bool fault_happened(enum fault_kind kind);
/** How many there were since fault_at(). */
unsigned fault_count(enum fault_kind kind);
/** For those who fail: is it this one? From any thread. */
bool fault_now(enum fault_kind kind);

/** Nothing of this thread fails or counts meanwhile. */
void fault_quiet(bool quiet);

/** What SQLite hears of the disk. */
enum fault_disk {
	FAULT_DISK_WELL,
	FAULT_DISK_FULL,
	FAULT_DISK_READ_ONLY,
	FAULT_DISK_BROKEN, /* I/O errors, also when reading */
};
/** From now on, until it is well again. */
void fault_disk_is(enum fault_disk disk);
/** How the n-th of FAULT_DISK fails; default: each way in turn. */
void fault_disk_fails(enum fault_disk disk);

#endif /* FAULT_FAULT_H */

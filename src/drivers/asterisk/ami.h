/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/ami.h - the manager interface's text: bytes in and out, no I/O */
#ifndef CTI_AMI_H
#define CTI_AMI_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/buf.h"

/*
 * A banner line ("Asterisk Call Manager/11.0.0"), then messages of
 * "Key: Value" lines, each ended by CRLF (a bare LF is taken too), a message
 * by an empty line. Keys repeat (Variable, ChanVariable, Output).
 */
enum {
	AMI_LINE_MAX = 8192,	 /* bytes of a line from the switch */
	AMI_MESSAGE_MAX = 65536, /* bytes of a message */
	AMI_UNREAD_MAX = 131072, /* bytes fed and not read yet */
	AMI_FIELDS_MAX = 512,
	AMI_SENT_LINE_MAX = 1000, /* the manager refuses lines of 1024 */
	AMI_SENT_MAX = 16384,
};

/** One line; both texts end in NUL and lie in the parser's buffer. */
struct ami_field {
	const char *key, *value;
	unsigned short key_len, value_len;
};

/** Lent until the next call of ami_parser_feed() or _next(). A line without a
 * colon (the banner is one) has the key "" and is its value. */
struct ami_msg {
	const struct ami_field *field;
	size_t nfields;
};

/** Takes bytes as they come; looks at each once. No copy per line: lines are
 * cut where they lie. Embedded; _init .. _fini. */
struct ami_parser {
	struct cti_buf buf;
	size_t begun;	/* where the message under way begins */
	size_t line;	/* where its line under way begins */
	size_t scanned; /* bytes looked at */
	size_t nfields; /* of the message under way */
	struct ami_field *field;
	bool banner; /* seen: the first line is a message of its own */
	bool broken; /* no manager: what is whole is read, nothing more comes */
};

int ami_parser_init(struct ami_parser *parser) CTI_NODISCARD;
void ami_parser_fini(struct ami_parser *parser);
/** For a new connection: forgets what it holds, expects the banner. */
void ami_parser_reset(struct ami_parser *parser);
/** -ENOBUFS when what is not read yet exceeds its ceiling: call _next until
 * it says -ENODATA after each _feed. */
int ami_parser_feed(struct ami_parser *parser, const char *data,
		    size_t len) CTI_NODISCARD;
/** The next whole message. -ENODATA: feed more; -EBADMSG, from then on: a
 * ceiling was exceeded or a NUL came: what speaks is no manager, give the link
 * up. */
int ami_parser_next(struct ami_parser *parser,
		    struct ami_msg *out) CTI_NODISCARD;

/** The first value of that key (exact case); "" where it is not there: the
 * manager itself does not tell empty from absent. */
const char *ami_get(const struct ami_msg *msg, const char *key);
bool ami_is(const struct ami_msg *msg, const char *key, const char *value);
/** Leaves the C escapes that channel events put into names (\" \\ \n \x41):
 * control characters are dropped, broken UTF-8 is taken as Latin-1, the
 * manager's "<unknown>" is "". out is cut at a whole character. */
void ami_text(char *out, size_t size, const char *value);

/*
 * Actions. A value that holds a control character, a key outside
 * [A-Za-z0-9-], or a line over AMI_SENT_LINE_MAX is refused with -EINVAL and
 * the buffer stays as it was: CR or LF in a value would begin another action
 * (whose effect may be a call, or on a system account a shell).
 */
/** "Action: NAME" and "ActionID: ID"; id is [A-Za-z0-9._-]{1,64}. */
int ami_action(struct cti_buf *out, const char *name,
	       const char *id) CTI_NODISCARD;
int ami_line(struct cti_buf *out, const char *key,
	     const char *value) CTI_NODISCARD;
/** Ends the action. */
int ami_end(struct cti_buf *out) CTI_NODISCARD;

/** ^[+*#0-9]{1,32}$: what may be an Exten. Text with letters, commas or '&'
 * dials more than one destination in common dialplans. */
bool ami_is_exten(const char *text);
/** What may name a channel in an action: technology, '/', then
 * [A-Za-z0-9._@:;+-]; or a unique id of these letters (half of a Local channel
 * ends in ";2", a system's name may stand before). Never a leading '/': to
 * Hangup that is a regular expression over all channels. */
bool ami_is_channel(const char *text);

#endif /* CTI_AMI_H */

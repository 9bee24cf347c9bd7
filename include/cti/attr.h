/* SPDX-License-Identifier: Apache-2.0 */
/* cti/attr.h - compiler attributes, in one place for C23 to replace */
#ifndef CTI_ATTR_H
#define CTI_ATTR_H

/** The result says whether it worked; ignoring it is a bug. */
#define CTI_NODISCARD __attribute__((warn_unused_result))
/** printf-like: format is argument a, the values begin at argument b. */
#define CTI_PRINTF(a, b) __attribute__((format(printf, a, b)))

#endif /* CTI_ATTR_H */

/* SPDX-License-Identifier: Apache-2.0 */
/* number/phonelib.cc - libphonenumber behind C; no exception gets out */
#include "number/phonelib.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <new>
#include <set>
#include <string>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>
#pragma GCC diagnostic pop

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

namespace
{

constexpr size_t SHORT_MAX = 6; /* digits of the longest short number */
constexpr size_t MEMO_SIZE = 256;

/* A number comes again: at each report of its ring, at each click on it. The
 * library takes longer over one than all the rest of a dial does. */
struct memo {
	std::string text; /* "" = empty */
	struct cti_phone phone;
};

} // namespace

struct cti_phonelib {
	PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	ShortNumberInfo shorts;
	std::string region; /* "ZZ" = none */
	std::string trunk;  /* national prefix of region, "0" */
	int own_code = 0;
	mutable std::array<struct memo, MEMO_SIZE> memos;
};

namespace
{

template <size_t N>
bool copy(char (&to)[N], const std::string &from)
{
	if (from.size() >= N)
		return false;
	std::memcpy(to, from.c_str(), from.size() + 1);
	return true;
}

enum cti_phone_fault fault_of_parse(PhoneNumberUtil::ErrorType error)
{
	switch (error) {
	case PhoneNumberUtil::NO_PARSING_ERROR:
		return CTI_PHONE_FINE;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
		return CTI_PHONE_NO_COUNTRY;
	case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
	case PhoneNumberUtil::TOO_SHORT_NSN:
		return CTI_PHONE_TOO_SHORT;
	case PhoneNumberUtil::TOO_LONG_NSN:
		return CTI_PHONE_TOO_LONG;
	case PhoneNumberUtil::NOT_A_NUMBER:
		break;
	}
	return CTI_PHONE_NO_NUMBER;
}

enum cti_phone_fault fault_of_length(PhoneNumberUtil::ValidationResult result)
{
	switch (result) {
	case PhoneNumberUtil::IS_POSSIBLE:
		return CTI_PHONE_FINE;
	case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
		return CTI_PHONE_NO_AREA;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE:
		return CTI_PHONE_NO_COUNTRY;
	case PhoneNumberUtil::TOO_SHORT:
		return CTI_PHONE_TOO_SHORT;
	case PhoneNumberUtil::TOO_LONG:
		return CTI_PHONE_TOO_LONG;
	case PhoneNumberUtil::INVALID_LENGTH:
		break;
	}
	return CTI_PHONE_BAD_LENGTH;
}

std::string digits_of(const std::string &text)
{
	std::string digits;

	for (char c : text)
		if (c >= '0' && c <= '9')
			digits += c;
	return digits;
}

/* Ranges the plan does not know are formatted without the trunk prefix. */
std::string national_of(const struct cti_phonelib &lib,
			const PhoneNumber &number, const struct cti_phone &out)
{
	std::string text;

	if (out.short_code)
		return out.nsn;
	lib.util->FormatOutOfCountryCallingNumber(number, lib.region, &text);
	text = digits_of(text);
	if (!out.valid && text == out.nsn)
		return lib.trunk + text;
	return text;
}

void judge_short(const struct cti_phonelib &lib, const PhoneNumber &number,
		 struct cti_phone &out)
{
	if (std::strlen(out.nsn) > SHORT_MAX)
		return;
	out.short_code =
		lib.shorts.IsValidShortNumberForRegion(number, lib.region);
	if (out.short_code && out.fault == CTI_PHONE_NO_AREA)
		out.fault = CTI_PHONE_FINE;
	if (lib.shorts.GetExpectedCostForRegion(number, lib.region) ==
	    ShortNumberInfo::PREMIUM_RATE)
		out.premium = true;
}

bool judge(const struct cti_phonelib &lib, const PhoneNumber &number,
	   struct cti_phone &out)
{
	PhoneNumberUtil::PhoneNumberType type = lib.util->GetNumberType(number);
	std::string text;

	lib.util->GetNationalSignificantNumber(number, &text);
	if (!copy(out.nsn, text))
		return false;
	lib.util->Format(number, PhoneNumberUtil::INTERNATIONAL, &text);
	if (!copy(out.shown, text))
		return false;
	lib.util->GetRegionCodeForNumber(number, &text);
	if (text == "ZZ" || !copy(out.region, text))
		out.region[0] = '\0';
	out.country_code = number.country_code();
	out.fault =
		fault_of_length(lib.util->IsPossibleNumberWithReason(number));
	out.valid = type != PhoneNumberUtil::UNKNOWN;
	out.premium = type == PhoneNumberUtil::PREMIUM_RATE;
	if (out.country_code != lib.own_code)
		return true;
	judge_short(lib, number, out);
	return copy(out.national, national_of(lib, number, out));
}

void read(const struct cti_phonelib &lib, const char *text,
	  struct cti_phone &out)
{
	PhoneNumber number;
	PhoneNumberUtil::ErrorType error =
		lib.util->ParseAndKeepRawInput(text, lib.region, &number);

	out.fault = fault_of_parse(error);
	if (out.fault != CTI_PHONE_FINE)
		return;
	out.has_prefix = number.country_code_source() ==
				 PhoneNumber::FROM_NUMBER_WITH_PLUS_SIGN ||
			 number.country_code_source() ==
				 PhoneNumber::FROM_NUMBER_WITH_IDD;
	out.guessed_code = number.country_code_source() ==
			   PhoneNumber::FROM_NUMBER_WITHOUT_PLUS_SIGN;
	if (judge(lib, number, out))
		return;
	out = cti_phone();
	out.fault = CTI_PHONE_TOO_LONG;
}

struct cti_phone read_again(const struct cti_phonelib &lib,
			    const std::string &text)
{
	size_t at = std::hash<std::string>()(text) % MEMO_SIZE;
	struct memo &memo = lib.memos[at];

	if (memo.text == text && !text.empty())
		return memo.phone;

	struct cti_phone phone = {};

	read(lib, text.c_str(), phone);
	memo.text.clear(); /* an exception leaves it empty, never mixed */
	memo.phone = phone;
	memo.text = text;
	return phone;
}

/* The library compiles its patterns when they are first needed. */
void warm_up(const struct cti_phonelib &lib)
{
	struct cti_phone phone = {};

	read(lib, "+16503054000", phone);
}

} // namespace

int cti_phonelib_new(struct cti_phonelib **libp, const char *region)
{
	struct cti_phonelib *lib = nullptr;
	int err = -EIO;

	try {
		lib = new cti_phonelib;
		lib->region = *region ? region : "ZZ";
		lib->own_code = lib->util->GetCountryCodeForRegion(lib->region);
		lib->util->GetNddPrefixForRegion(lib->region, true,
						 &lib->trunk);
		err = *region && !lib->own_code ? -EINVAL : 0;
		warm_up(*lib);
	} catch (const std::bad_alloc &) {
		err = -ENOMEM;
	} catch (...) {
		err = -EIO;
	}
	if (err) {
		delete lib;
		return err;
	}
	*libp = lib;
	return 0;
}

void cti_phonelib_destroy(struct cti_phonelib *lib)
{
	delete lib;
}

int cti_phonelib_code(const char *region)
{
	try {
		return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(
			region);
	} catch (...) {
		return 0;
	}
}

bool cti_phonelib_has_code(int code)
{
	try {
		std::set<int> codes;

		PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(
			&codes);
		return codes.count(code) > 0;
	} catch (...) {
		return false;
	}
}

int cti_phonelib_parse(const struct cti_phonelib *lib, struct cti_phone *out,
		       const char *text)
{
	struct cti_phone phone = {};

	try {
		phone = read_again(*lib, text);
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (...) {
		return -EIO;
	}
	*out = phone;
	return 0;
}

void cti_phonelib_example(const struct cti_phonelib *lib, char *out,
			  size_t size)
{
	std::string text;

	out[0] = '\0';
	try {
		PhoneNumber number;

		if (lib->util->GetExampleNumber(lib->region, &number))
			lib->util->Format(number, PhoneNumberUtil::NATIONAL,
					  &text);
		if (text.size() < size)
			std::memcpy(out, text.c_str(), text.size() + 1);
	} catch (...) {
		out[0] = '\0';
	}
}

bool cti_phonelib_emergency(const struct cti_phonelib *lib, const char *region,
			    const char *digits, bool prefix)
{
	try {
		if (prefix)
			return lib->shorts.ConnectsToEmergencyNumber(digits,
								     region);
		return lib->shorts.IsEmergencyNumber(digits, region);
	} catch (...) {
		return true;
	}
}

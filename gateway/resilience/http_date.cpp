// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/http_date.h"

#include <QByteArray>
#include <QList>

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

using namespace std::chrono;

constexpr std::array<QByteArrayView, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<QByteArrayView, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<QByteArrayView, 7> kLongWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                         "Thursday", "Friday", "Saturday"};

// Exactly `digits` decimal digits.
std::optional<int> number(QByteArrayView text, qsizetype digits)
{
    if (text.size() != digits || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return text.toInt();
}

std::optional<month> monthOf(QByteArrayView text)
{
    const auto it = std::ranges::find(kMonths, text);
    if (it == kMonths.end())
        return std::nullopt;
    return month{static_cast<unsigned>(it - kMonths.begin()) + 1};
}

// "08:49:37"
std::optional<seconds> timeOfDay(QByteArrayView text)
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    const auto hour = number(text.sliced(0, 2), 2);
    const auto minute = number(text.sliced(3, 2), 2);
    const auto second = number(text.sliced(6, 2), 2);
    // 60 is a leap second.
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return hours{*hour} + minutes{*minute} + seconds{*second};
}

std::optional<sys_seconds> assembled(std::optional<int> yearNumber, std::optional<month> monthName,
                                     std::optional<int> dayNumber, std::optional<seconds> time)
{
    if (!yearNumber || !monthName || !dayNumber || !time)
        return std::nullopt;
    const year_month_day date{year{*yearNumber}, *monthName, day{static_cast<unsigned>(*dayNumber)}};
    if (!date.ok())
        return std::nullopt;
    return sys_days{date} + *time;
}

// IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<sys_seconds> parseFixed(const QList<QByteArray> &words)
{
    if (words.size() != 6 || words[5] != "GMT" || !words[0].endsWith(',') ||
        !std::ranges::contains(kWeekdays, QByteArrayView(words[0]).chopped(1)))
        return std::nullopt;
    return assembled(number(words[3], 4), monthOf(words[2]), number(words[1], 2), timeOfDay(words[4]));
}

// RFC 850: "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<sys_seconds> parseRfc850(const QList<QByteArray> &words, sys_seconds now)
{
    if (words.size() != 4 || words[3] != "GMT" || !words[0].endsWith(',') ||
        !std::ranges::contains(kLongWeekdays, QByteArrayView(words[0]).chopped(1)))
        return std::nullopt;
    const QList<QByteArray> date = words[1].split('-');
    if (date.size() != 3)
        return std::nullopt;
    const std::optional<int> shortYear = number(date[2], 2);
    if (!shortYear)
        return std::nullopt;
    const int thisYear = static_cast<int>(year_month_day{floor<days>(now)}.year());
    const auto inCentury = [&](int century) {
        return assembled(century + *shortYear, monthOf(date[1]), number(date[0], 2), timeOfDay(words[2]));
    };
    const int century = thisYear - thisYear % 100;
    const std::optional<sys_seconds> result = inCentury(century);
    return result && *result > now + years{50} ? inCentury(century - 100) : result;
}

// asctime: "Sun Nov  6 08:49:37 1994"; the day is padded with a space, which splitting has removed.
std::optional<sys_seconds> parseAsctime(const QList<QByteArray> &words)
{
    if (words.size() != 5 || !std::ranges::contains(kWeekdays, QByteArrayView(words[0])))
        return std::nullopt;
    return assembled(number(words[4], 4), monthOf(words[1]), number(words[2], words[2].size() == 1 ? 1 : 2),
                     timeOfDay(words[3]));
}

} // namespace

std::optional<sys_seconds> parseHttpDate(QByteArrayView text, sys_seconds now)
{
    // Longer than the longest form, it is none of them.
    if (text.size() > 64)
        return std::nullopt;
    const QList<QByteArray> words = text.toByteArray().simplified().split(' ');
    if (const auto date = parseFixed(words))
        return date;
    if (const auto date = parseRfc850(words, now))
        return date;
    return parseAsctime(words);
}

} // namespace lunargate

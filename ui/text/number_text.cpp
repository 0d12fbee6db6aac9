// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/number_text.h"

#include <algorithm>
#include <cmath>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

/// With three digits.
QString rounded(double number)
{
    return QString::number(number, 'f', number < 9.995 ? 2 : number < 99.95 ? 1 : 0);
}

} // namespace

QString durationText(std::chrono::microseconds duration)
{
    const auto microseconds = static_cast<double>(duration.count());
    if (microseconds < 1000)
        return u"%1 µs"_s.arg(duration.count());
    if (microseconds < 999'500)
        return u"%1 ms"_s.arg(std::lround(microseconds / 1000));
    if (microseconds < 59.95e6)
        return u"%1 s"_s.arg(rounded(microseconds / 1e6));
    const qint64 seconds = std::llround(microseconds / 1e6);
    return u"%1 m %2 s"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, QChar(u'0'));
}

QString countText(qint64 count)
{
    if (count < 10'000)
        return QString::number(count);
    const auto number = static_cast<double>(count);
    return number < 999'500 ? u"%1 k"_s.arg(rounded(number / 1e3)) : u"%1 M"_s.arg(rounded(number / 1e6));
}

QString costText(double usd)
{
    if (usd <= 0)
        return u"$0"_s;
    if (usd < 0.000001)
        return u"< $0.000001"_s;
    const int places = std::clamp(2 - static_cast<int>(std::floor(std::log10(usd))), 2, 6);
    return u"$%1"_s.arg(QString::number(usd, 'f', places));
}

QString sizeText(qint64 bytes)
{
    if (bytes < 1024)
        return u"%1 B"_s.arg(bytes);
    const double kibibytes = static_cast<double>(bytes) / 1024;
    return kibibytes < 1024 ? u"%1 KiB"_s.arg(rounded(kibibytes)) : u"%1 MiB"_s.arg(rounded(kibibytes / 1024));
}

} // namespace lunargate::ui

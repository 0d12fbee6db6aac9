// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/arguments.h"

#include <charconv>

namespace lunargate::bench {

std::expected<Arguments, std::string> Arguments::read(std::span<char *const> arguments, Values defaults)
{
    Arguments result;
    result.m_values = std::move(defaults);
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        const auto known = name.starts_with("--") ? result.m_values.find(name.substr(2)) : result.m_values.end();
        if (known == result.m_values.end() || i + 1 == arguments.size()) {
            std::string names;
            for (const auto &[each, value] : result.m_values)
                names += " --" + each + " VALUE";
            return std::unexpected("not understood: " + std::string(name) + "; known are:" + names);
        }
        known->second = arguments[i + 1];
    }
    return result;
}

long long Arguments::number(std::string_view name) const
{
    const std::string &value = text(name);
    long long result = 0;
    std::from_chars(value.data(), value.data() + value.size(), result);
    return result;
}

} // namespace lunargate::bench

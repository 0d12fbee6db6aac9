// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace lunargate::bench {

/// The `--name value` pairs of a command line, each name with its default.
class Arguments
{
public:
    using Values = std::map<std::string, std::string, std::less<>>;

    /// `defaults` lists every known name, without the dashes. The error is a sentence with the known names.
    static std::expected<Arguments, std::string> read(std::span<char *const> arguments, Values defaults);

    const std::string &text(std::string_view name) const { return m_values.find(name)->second; }
    /// 0 if the value is no whole number.
    long long number(std::string_view name) const;

private:
    Values m_values;
};

} // namespace lunargate::bench

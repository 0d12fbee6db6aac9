// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/complexity_keywords.h"

#include <utility>

namespace lunargate {

namespace {

// A space at the end is part of the keyword.
constexpr QByteArrayView kCode[] = {
    "```",        "func ",      "package ", "import ",  "struct ",   "interface ", "class ",  "def ",  "const ",
    "var ",       "let ",       "return ",  "#include", "public ",   "private ",   "select ", "from ", "where ",
    "dockerfile", "kubernetes", "kubectl",  "helm ",    "terraform", "{\n",        ";\n",
};

// The last three are the signs of sum, integral and partial derivative.
constexpr QByteArrayView kMath[] = {
    "prove",  "derive", "calculate",   "solve",      "equation",     "theorem",      "integral",     "derivative",
    "matrix", "vector", "probability", "statistics", "algorithm",    "complexity",   "o(",           "big o",
    "=",      "!=",     ">=",          "<=",         "\xE2\x88\x91", "\xE2\x88\xAB", "\xE2\x88\x82",
};

constexpr QByteArrayView kAnalysis[] = {
    "analy",   "compare", "trade-off", "tradeoff", "pros and cons", "evaluate",
    "synthes", "summar",  "plan",      "design",   "architecture",  "recommend",
};

constexpr QByteArrayView kSafety[] = {
    "exploit", "vulnerability", "attack", "phishing", "malware", "ransomware", "ddos",  "sql injection", "xss",
    "csrf",    "weapon",        "bomb",   "poison",   "suicide", "self-harm",  "drugs", "fraud",         "steal",
};

KeywordMatcher makeMatcher()
{
    std::vector<KeywordMatcher::Keyword> keywords;
    const auto add = [&](KeywordCategory category, std::span<const QByteArrayView> texts) {
        for (const QByteArrayView text : texts)
            keywords.push_back({std::to_underlying(category), text});
    };
    add(KeywordCategory::Code, kCode);
    add(KeywordCategory::Math, kMath);
    add(KeywordCategory::Analysis, kAnalysis);
    add(KeywordCategory::Safety, kSafety);
    return KeywordMatcher(keywords);
}

} // namespace

const KeywordMatcher &complexityKeywords()
{
    static const KeywordMatcher matcher = makeMatcher();
    return matcher;
}

} // namespace lunargate

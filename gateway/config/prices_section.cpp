// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

namespace lunargate {

namespace {

// US dollars per million tokens: far above everything that is asked for, and far below what could not be counted.
constexpr Range<double> kPriceRange{0, 1'000'000};

/// A price without which the others are of no use.
void readRequired(SectionReader &section, QByteArrayView key, double &price)
{
    std::optional<double> value;
    section.read(key, value, kPriceRange);
    if (!value && !section.has(key))
        section.context().error(section.place(), "the price `" + key.toByteArray() +
                                                     "` is missing; write 0 if there is nothing to pay for");
    price = value.value_or(0);
}

TokenPrices readTokenPrices(SectionReader &section)
{
    TokenPrices prices;
    readRequired(section, "input", prices.input);
    section.read("cached_input", prices.cachedInput, kPriceRange);
    section.read("cache_write", prices.cacheWrite, kPriceRange);
    section.read("cache_write_1h", prices.cacheWriteHour, kPriceRange);
    readRequired(section, "output", prices.output);
    section.read("reasoning", prices.reasoning, kPriceRange);
    return prices;
}

} // namespace

void readModelPrices(SectionReader &models, ModelPrices &prices, const SectionReader::ReadNamed &readMore)
{
    models.each("<model>", [&](const QByteArray &pattern, SectionReader &section) {
        if (pattern.chopped(1).contains('*'))
            section.context().error(section.place(), "`*` may only stand at the end of a model's name");
        prices.emplace(pattern.toLower(), readTokenPrices(section));
        readMore(pattern.toLower(), section);
    });
}

void readPrices(SectionReader &root, std::map<QByteArray, ModelPrices> &prices,
                std::vector<ProviderReference> &references)
{
    root.named("prices", [&](const QByteArray &id, SectionReader &models) {
        references.push_back({.id = id, .place = models.place(), .isUse = false});
        readModelPrices(models, prices[id], [](const QByteArray &, SectionReader &) {});
    });
}

} // namespace lunargate

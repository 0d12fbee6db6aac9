// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/price_table.h"

#include "gateway/config/sections.h"
#include "gateway/config/yaml_reader.h"
#include "gateway/prices/prices_yaml.h"

namespace lunargate {

namespace {

PriceOrigin readOrigin(SectionReader &section)
{
    PriceOrigin origin;
    section.read("date", origin.date);
    section.read("source", origin.source);
    section.read("verified", origin.isVerified);
    if (origin.date.isEmpty() || origin.source.isEmpty())
        section.context().error(section.place(), "the price has no date or no source");
    return origin;
}

} // namespace

PriceTable readPriceTable(QByteArrayView text)
{
    YamlReading yaml = readYaml(text, "prices.yaml");
    PriceTable table;
    const Environment none;
    ReadingContext context{.environment = none, .fileName = "prices.yaml", .problems = std::move(yaml.problems)};
    if (yaml.root) {
        SectionReader(context, &*yaml.root).each("<type>", [&](const QByteArray &type, SectionReader &models) {
            readModelPrices(models, table.prices[type], [&](const QByteArray &model, SectionReader &section) {
                table.origins[type].emplace(model, readOrigin(section));
            });
        });
    }
    table.problems = std::move(context.problems);
    return table;
}

const PriceTable &priceTable()
{
    static const PriceTable table = readPriceTable(pricesYaml());
    return table;
}

} // namespace lunargate

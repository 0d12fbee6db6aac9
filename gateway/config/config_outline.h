// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate {

/// What a configuration's text says of providers and routes, as far as it can be read, also where it cannot be used.
struct ConfigOutline
{
    struct Provider
    {
        QByteArray id;
        QByteArray type; ///< as it follows from the id where it is not said
    };
    struct Target
    {
        QByteArray provider;
        QByteArray model;
        int weight = 1;
    };
    struct Route
    {
        QByteArray name;
        bool hasConditions = false; ///< otherwise it matches every request
        std::vector<Target> targets = {};
    };

    std::vector<Provider> providers = {};
    std::vector<Route> routes = {};
};

/// Everything is empty if the text is no YAML. Any thread.
ConfigOutline readConfigOutline(QByteArrayView text);

} // namespace lunargate

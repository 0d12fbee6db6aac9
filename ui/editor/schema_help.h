// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QStringList>

#include <vector>

namespace lunargate::ui {

/// What the configuration's JSON Schema (config/lunargate.schema.json) says of keys and values. Paths are those of
/// yaml_scan.h. Any thread.
class SchemaHelp
{
public:
    /// Something that can be written at some place.
    struct Choice
    {
        QString text;
        QString description; ///< for people, plain; may be empty

        bool operator==(const Choice &) const = default;
    };

    /// That of this build.
    SchemaHelp();

    /// The keys of the map at `path`, in alphabetical order; empty: it is none, or any name can be a key.
    std::vector<Choice> keysAt(const QStringList &path) const;
    /// The words that the value at `path` can be; empty: anything else.
    std::vector<Choice> valuesAt(const QStringList &path) const;
    /// What the value at `path` is for and what it can be; empty: nothing is known of it.
    QString describe(const QStringList &path) const;
    /// Whether it is a credential.
    bool isSecret(const QStringList &path) const;

private:
    struct Node
    {
        json::Value declared;                  ///< with the description
        std::vector<json::Value> alternatives; ///< all that it can be
    };

    Node nodeAt(const QStringList &path) const;
    Node expanded(json::Value declared) const;
    void expand(json::Value value, std::vector<json::Value> &alternatives) const;

    json::Document m_document;
};

} // namespace lunargate::ui

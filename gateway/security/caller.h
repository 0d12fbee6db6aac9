// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <vector>

namespace lunargate {

struct Config;

/// A text that models are held against; each `*` in it stands for any text.
struct ModelPattern
{
    QByteArray text;          ///< `PROVIDER/MODEL` or `MODEL`
    bool hasProvider = false; ///< it names one, so that it is no model that some other provider has under that name

    /// `model` as its provider knows it, and `whole`: `PROVIDER/MODEL`. Upper and lower case count.
    bool matches(QByteArrayView whole, QByteArrayView model) const;
};

/// What stands before the first slash is a provider if one with that id is configured, or if it is the name of a known
/// service (resources/providers.yaml): or else the removal of a provider would give its patterns the models that
/// another one has under such names.
std::vector<ModelPattern> modelPatterns(const std::vector<QByteArray> &texts, const Config &config);

/// What a caller's key or token allows; an empty list allows everything.
struct CallerRights
{
    std::vector<QByteArray> routes; ///< names
    std::vector<ModelPattern> models;
    bool isAdmin = false;

    bool allowsRoute(QByteArrayView route) const;
    bool allowsModel(QByteArrayView provider, QByteArrayView model) const;
};

/// What a caller showed.
enum class CredentialKind {
    Key,
    Token,
    BuiltIn,    ///< nothing: it is a part of the gateway
    AdminToken, ///< that of the section `admin`
};

/// Who sent a request.
struct Caller
{
    QByteArray name = {}; ///< of the key or token that was shown; empty: none was, or none is asked for
    CredentialKind kind = CredentialKind::Key;
    QByteArray address = {}; ///< the client's: that of the connection, or what a trusted proxy says
    std::shared_ptr<const CallerRights> rights = {}; ///< nothing: everything is allowed

    /// What limits and cached answers belong to: `key:NAME`, `token:NAME`, `built-in:NAME`, `admin:NAME` or
    /// `address:ADDRESS`, so that none can be taken for another.
    QByteArray identity() const;
};

/// Whether `text` is `pattern`, in which each `*` stands for any text, slashes and nothing included.
bool matchesPattern(QByteArrayView pattern, QByteArrayView text);

} // namespace lunargate

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

#include <span>

namespace lunargate {

/// What a client calls a field of chat's protocol.
struct ClientField
{
    QByteArray name;     ///< empty: it has no such field
    bool isWhole = true; ///< false: the field is something inside of it, for which there is no name
};

/// A field of chat's protocol, and what it is called in another one.
struct FieldName
{
    QByteArrayView chat;
    QByteArrayView client;
    bool countsAlike = false; ///< a list whose elements have the same numbers in both
};

/// Looks `chatField`, for example `messages[3].content[1]`, up in `names`; where it is not there itself, the nearest
/// field around it is. Numbers are left out where the client counts otherwise.
ClientField findField(std::span<const FieldName> names, QByteArrayView chatField);

/// An error about a field of chat's, told of `field` instead.
Error renamed(Error error, const ClientField &field);

} // namespace lunargate

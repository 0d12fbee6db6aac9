// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/config/config.h"
#include "gateway/json/splice.h"

#include <algorithm>

namespace lunargate::openai {

/// A client's body while it is changed to what a service takes.
struct RequestEdit
{
    const ChatRequest &request;
    const QuirksConfig &quirks;
    json::Splice splice{request.body};
    std::vector<QByteArray> removed; ///< parameters to be taken out
    std::vector<QByteArray> dropped; ///< what the client asked for and the service is not told

    RequestEdit(const ChatRequest &chatRequest, const QuirksConfig &serviceQuirks)
        : request(chatRequest), quirks(serviceQuirks)
    {
    }

    const json::Member *find(QByteArrayView key) const { return json::find(request.members, key); }
    json::Value value(QByteArrayView key) const { return request.document.root()[key]; }
    bool isSet(QByteArrayView key) const
    {
        const json::Member *member = find(key);
        return member && member->value.of(request.body) != "null";
    }
    bool isRefused(QByteArrayView key) const { return std::ranges::contains(quirks.refused, key); }
    /// False if the service refuses the parameter, which stays as it is then.
    bool set(QByteArrayView key, const QByteArray &json)
    {
        if (isRefused(key))
            return false;
        splice.set(request.object, request.members, key, json);
        return true;
    }
    /// Gives all members named `key` the name `newKey`; takes them out if the service refuses that one.
    void rename(QByteArrayView key, QByteArrayView newKey)
    {
        if (isRefused(newKey)) {
            remove(key);
            noteDropped(key.toByteArray());
            return;
        }
        for (const json::Member &member : request.members) {
            if (member.key == key)
                splice.rename(member, newKey);
        }
    }
    void remove(QByteArrayView key) { removed.push_back(key.toByteArray()); }
    void noteDropped(const QByteArray &name)
    {
        // Nobody reads more of them, and clients may send a million.
        constexpr size_t kMostNamed = 50;
        if (dropped.size() < kMostNamed && !std::ranges::contains(dropped, name))
            dropped.push_back(name);
    }
};

} // namespace lunargate::openai

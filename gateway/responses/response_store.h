// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/config/config.h"
#include "gateway/responses/past_owners.h"

#include <QByteArray>

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace lunargate {

/// A response, and the conversation up to it.
struct StoredResponse
{
    QByteArray id;
    QByteArray object;      ///< the response as JSON, as its client got it
    QByteArray inputItems;  ///< JSON array: all that the model read
    QByteArray outputItems; ///< JSON array: what it wrote
    QByteArray providerId;  ///< who keeps it under this id, too; empty: no provider does
    QByteArray model = {};
    QByteArray status = {}; ///< as `object` has it

    /// It goes on at its provider, who alone knows how it stands.
    bool isRunning() const { return status == "queued" || status == "in_progress"; }
};

using SharedResponse = std::shared_ptr<const StoredResponse>;

/// The responses that may be referred to, for all workers and across configurations, in this process's memory. Each has
/// an owner, and is not there for anybody else. Bounded by number, size and age; the least recently used goes first.
/// Any thread.
class ResponseStore
{
public:
    using TimeSource = std::function<TimePoint()>; ///< called from any thread

    explicit ResponseStore(const StoredResponsesConfig &config, TimeSource now = &Clock::now);

    /// A newer configuration: its limits apply at once, and what is within them stays.
    void apply(const StoredResponsesConfig &config);

    /// Keeps it, in place of an older one of this owner and id. What alone is over the limit of bytes is not kept.
    void insert(const QByteArray &owner, SharedResponse response);

    /// Keeps `newer` in place of `known`, if that is still what is kept of it: somebody may have deleted it meanwhile,
    /// or told something newer.
    void replace(const QByteArray &owner, const SharedResponse &known, SharedResponse newer);

    /// Null if this owner has none of that id. It counts as used.
    SharedResponse find(const QByteArray &owner, const QByteArray &id);

    /// The response with that item in its output, if a provider keeps it. Null and use as with find().
    SharedResponse findByItem(const QByteArray &owner, const QByteArray &itemId);

    /// Whether others have one of that id, and this owner has none. Of responses that their providers keep this is
    /// known when they are not here any more, too (PastOwners).
    bool isOnlyOthers(const QByteArray &owner, const QByteArray &id) const;
    /// The same for findByItem().
    bool isOnlyOthersItem(const QByteArray &owner, const QByteArray &itemId) const;

    /// False if there was none.
    bool erase(const QByteArray &owner, const QByteArray &id);

    /// Everything of this owner.
    void eraseOwner(const QByteArray &owner);

    struct Contents
    {
        qint64 entries = 0;
        qint64 bytes = 0; ///< with what an entry takes beside its response

        // How many went so far, by why they did. Those that were deleted or replaced are not among them.
        qint64 expired = 0;
        qint64 displaced = 0;      ///< by the limit of entries
        qint64 displacedBytes = 0; ///< by the limit of bytes
    };
    Contents contents() const;

    /// What an entry takes beside its texts.
    static const qint64 kEntryOverhead;
    /// The same for each item that a provider keeps.
    static const qint64 kItemOverhead;

private:
    struct Entry
    {
        QByteArray owner;
        SharedResponse response;
        std::vector<QByteArray> itemIds; ///< of its output, where a provider knows them
        qint64 bytes = 0;
        TimePoint storedAt;
    };
    using Entries = std::list<Entry>;
    struct Hash
    {
        size_t operator()(const QByteArray &id) const { return qHash(id); }
    };
    using Index = std::unordered_multimap<QByteArray, Entries::iterator, Hash>;

    static Index::const_iterator position(const Index &index, const QByteArray &owner, const QByteArray &id);
    static bool isOnlyOthers(const Index &index, const PastOwners &past, const QByteArray &owner, const QByteArray &id);
    Entry entryOf(const QByteArray &owner, SharedResponse response) const;
    void put(Entry entry, Entries &taken);
    SharedResponse used(Entries::iterator entry, Entries &taken);
    void forgetItems(Entries::iterator entry);
    void rememberOwner(const Entry &entry);
    void forgetOwner(const Entry &entry);
    bool isExpired(const Entry &entry) const { return m_now() - entry.storedAt >= m_config.ttl; }
    void take(Index::const_iterator position, Entries &taken);
    void takeOldest(Entries &taken);
    void takeExpired(Entries &taken);
    void trim(Entries &taken);

    const TimeSource m_now;
    mutable std::mutex m_mutex; // protects what follows
    StoredResponsesConfig m_config;
    Entries m_entries;           // the last used one first
    Index m_index;               // by id; owners may have the same one where providers give it
    Index m_items;               // by Entry::itemIds
    PastOwners m_pastOwners;     // of ids
    PastOwners m_pastItemOwners; // of Entry::itemIds
    Contents m_counts;           // bytes, and how many went
};

} // namespace lunargate

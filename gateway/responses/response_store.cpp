// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/responses/response_store.h"

#include "gateway/json/document.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr qint64 kBlock = 16; // its header in the allocator
// The node of the list, that of the index, and the shared response.
constexpr qint64 kBlocks = 3 * kBlock;

qint64 textBytes(const QByteArray &owner, const StoredResponse &response)
{
    return owner.size() + 2 * response.id.size() + response.object.size() + response.inputItems.size() +
           response.outputItems.size() + response.providerId.size() + response.model.size() + response.status.size();
}

// Other items have ids that tell their response.
std::vector<QByteArray> providersItemIds(const StoredResponse &response)
{
    std::vector<QByteArray> ids;
    if (response.providerId.isEmpty())
        return ids;
    const std::optional<json::Document> items = json::Document::parse(response.outputItems);
    if (!items)
        return ids;
    for (const json::Value item : items->root().elements()) {
        if (QByteArray id = item["id"].toByteArray(); !id.isEmpty())
            ids.push_back(std::move(id));
    }
    return ids;
}

} // namespace

const qint64 ResponseStore::kEntryOverhead =
    qint64(sizeof(Entry) + 2 * sizeof(void *)) +                                  // in the list
    qint64(sizeof(QByteArray) + sizeof(Entries::iterator) + 3 * sizeof(void *)) + // in the index
    qint64(sizeof(StoredResponse) + 2 * sizeof(void *)) + kBlocks;

const qint64 ResponseStore::kItemOverhead =
    qint64(2 * sizeof(QByteArray) + sizeof(Entries::iterator) + 3 * sizeof(void *)) + kBlock;

ResponseStore::ResponseStore(const StoredResponsesConfig &config, TimeSource now)
    : m_now(std::move(now)), m_config(config)
{
}

void ResponseStore::apply(const StoredResponsesConfig &config)
{
    Entries taken; // freed after the lock, here and below
    const std::scoped_lock lock(m_mutex);
    m_config = config;
    takeExpired(taken);
    trim(taken);
}

void ResponseStore::insert(const QByteArray &owner, SharedResponse response)
{
    Entry entry = entryOf(owner, std::move(response));
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    put(std::move(entry), taken);
}

void ResponseStore::replace(const QByteArray &owner, const SharedResponse &known, SharedResponse newer)
{
    Entry entry = entryOf(owner, std::move(newer));
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    const auto found = position(m_index, owner, known->id);
    if (found != m_index.end() && found->second->response == known)
        put(std::move(entry), taken);
}

SharedResponse ResponseStore::find(const QByteArray &owner, const QByteArray &id)
{
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    const auto found = position(m_index, owner, id);
    return found == m_index.end() ? nullptr : used(found->second, taken);
}

SharedResponse ResponseStore::findByItem(const QByteArray &owner, const QByteArray &itemId)
{
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    const auto found = position(m_items, owner, itemId);
    return found == m_items.end() ? nullptr : used(found->second, taken);
}

bool ResponseStore::isOnlyOthers(const QByteArray &owner, const QByteArray &id) const
{
    const std::scoped_lock lock(m_mutex);
    return isOnlyOthers(m_index, m_pastOwners, owner, id);
}

bool ResponseStore::isOnlyOthersItem(const QByteArray &owner, const QByteArray &itemId) const
{
    const std::scoped_lock lock(m_mutex);
    return isOnlyOthers(m_items, m_pastItemOwners, owner, itemId);
}

bool ResponseStore::erase(const QByteArray &owner, const QByteArray &id)
{
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    const auto found = position(m_index, owner, id);
    if (found == m_index.end())
        return false;
    const bool wasThere = !isExpired(*found->second);
    forgetOwner(*found->second);
    take(found, taken);
    return wasThere;
}

void ResponseStore::eraseOwner(const QByteArray &owner)
{
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    for (auto at = m_index.cbegin(); at != m_index.cend();) {
        const auto found = at++;
        if (found->second->owner == owner)
            take(found, taken);
    }
}

// Without the lock: it reads the response.
ResponseStore::Entry ResponseStore::entryOf(const QByteArray &owner, SharedResponse response) const
{
    Entry entry{.owner = owner, .response = std::move(response), .itemIds = {}, .storedAt = m_now()};
    entry.itemIds = providersItemIds(*entry.response);
    entry.bytes = textBytes(owner, *entry.response) + kEntryOverhead;
    for (const QByteArray &id : entry.itemIds)
        entry.bytes += id.size() + kItemOverhead;
    return entry;
}

ResponseStore::Contents ResponseStore::contents() const
{
    const std::scoped_lock lock(m_mutex);
    Contents contents = m_counts;
    contents.entries = std::ssize(m_entries);
    return contents;
}

// With the lock held, as all below.
ResponseStore::Index::const_iterator ResponseStore::position(const Index &index, const QByteArray &owner,
                                                             const QByteArray &id)
{
    const auto [begin, end] = index.equal_range(id);
    const auto found = std::find_if(begin, end, [&](const auto &entry) { return entry.second->owner == owner; });
    return found == end ? index.end() : found;
}

bool ResponseStore::isOnlyOthers(const Index &index, const PastOwners &past, const QByteArray &owner,
                                 const QByteArray &id)
{
    const bool isSomebodys = index.contains(id) || past.contains(id);
    return isSomebodys && position(index, owner, id) == index.end() && !past.contains(owner, id);
}

void ResponseStore::put(Entry entry, Entries &taken)
{
    const QByteArray id = entry.response->id;
    if (const auto older = position(m_index, entry.owner, id); older != m_index.end())
        take(older, taken);
    if (m_config.maxEntries < 1 || entry.bytes > m_config.maxBytes)
        return rememberOwner(entry); // it would push out everything else and still find no room
    takeExpired(taken);
    m_entries.push_front(std::move(entry));
    m_index.emplace(id, m_entries.begin());
    for (const QByteArray &itemId : m_entries.front().itemIds)
        m_items.emplace(itemId, m_entries.begin());
    m_counts.bytes += m_entries.front().bytes;
    trim(taken);
}

SharedResponse ResponseStore::used(Entries::iterator entry, Entries &taken)
{
    if (isExpired(*entry)) {
        ++m_counts.expired;
        rememberOwner(*entry);
        take(position(m_index, entry->owner, entry->response->id), taken);
        return nullptr;
    }
    m_entries.splice(m_entries.begin(), m_entries, entry);
    return entry->response;
}

void ResponseStore::forgetItems(Entries::iterator entry)
{
    for (const QByteArray &id : entry->itemIds) {
        const auto [begin, end] = m_items.equal_range(id);
        const auto found = std::find_if(begin, end, [&](const auto &item) { return item.second == entry; });
        if (found != end)
            m_items.erase(found);
    }
}

// Its provider may keep it for much longer.
void ResponseStore::rememberOwner(const Entry &entry)
{
    if (entry.response->providerId.isEmpty())
        return;
    m_pastOwners.add(entry.owner, entry.response->id);
    for (const QByteArray &itemId : entry.itemIds)
        m_pastItemOwners.add(entry.owner, itemId);
}

void ResponseStore::forgetOwner(const Entry &entry)
{
    m_pastOwners.remove(entry.owner, entry.response->id);
    for (const QByteArray &itemId : entry.itemIds)
        m_pastItemOwners.remove(entry.owner, itemId);
}

void ResponseStore::take(Index::const_iterator position, Entries &taken)
{
    const auto entry = position->second;
    m_counts.bytes -= entry->bytes;
    forgetItems(entry);
    m_index.erase(position);
    taken.splice(taken.begin(), m_entries, entry);
}

void ResponseStore::takeOldest(Entries &taken)
{
    const Entry &oldest = m_entries.back();
    rememberOwner(oldest);
    take(position(m_index, oldest.owner, oldest.response->id), taken);
}

// What was not used for a whole time to live is at the end, so that nothing stays for ever that nobody asks for.
void ResponseStore::takeExpired(Entries &taken)
{
    for (; !m_entries.empty() && isExpired(m_entries.back()); ++m_counts.expired)
        takeOldest(taken);
}

void ResponseStore::trim(Entries &taken)
{
    for (; std::ssize(m_entries) > m_config.maxEntries; ++m_counts.displaced)
        takeOldest(taken);
    for (; m_counts.bytes > m_config.maxBytes; ++m_counts.displacedBytes)
        takeOldest(taken);
}

} // namespace lunargate

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
    std::vector<QByteArray> itemIds = providersItemIds(*response);
    qint64 bytes = textBytes(owner, *response) + kEntryOverhead;
    for (const QByteArray &id : itemIds)
        bytes += id.size() + kItemOverhead;
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    if (const auto older = position(m_index, owner, response->id); older != m_index.end())
        take(older, taken);
    if (m_config.maxEntries < 1 || bytes > m_config.maxBytes)
        return; // it would push out everything else and still find no room
    takeExpired(taken);
    const QByteArray id = response->id;
    m_entries.push_front({.owner = owner,
                          .response = std::move(response),
                          .itemIds = std::move(itemIds),
                          .bytes = bytes,
                          .storedAt = m_now()});
    m_index.emplace(id, m_entries.begin());
    for (const QByteArray &itemId : m_entries.front().itemIds)
        m_items.emplace(itemId, m_entries.begin());
    m_bytes += bytes;
    trim(taken);
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
    return isOnlyOthers(m_index, owner, id);
}

bool ResponseStore::isOnlyOthersItem(const QByteArray &owner, const QByteArray &itemId) const
{
    const std::scoped_lock lock(m_mutex);
    return isOnlyOthers(m_items, owner, itemId);
}

bool ResponseStore::erase(const QByteArray &owner, const QByteArray &id)
{
    Entries taken;
    const std::scoped_lock lock(m_mutex);
    const auto found = position(m_index, owner, id);
    if (found == m_index.end())
        return false;
    const bool wasThere = !isExpired(*found->second);
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

ResponseStore::Contents ResponseStore::contents() const
{
    const std::scoped_lock lock(m_mutex);
    return {.entries = static_cast<qint64>(m_entries.size()), .bytes = m_bytes};
}

// With the lock held, as all below.
ResponseStore::Index::const_iterator ResponseStore::position(const Index &index, const QByteArray &owner,
                                                             const QByteArray &id)
{
    const auto [begin, end] = index.equal_range(id);
    const auto found = std::find_if(begin, end, [&](const auto &entry) { return entry.second->owner == owner; });
    return found == end ? index.end() : found;
}

bool ResponseStore::isOnlyOthers(const Index &index, const QByteArray &owner, const QByteArray &id)
{
    return index.contains(id) && position(index, owner, id) == index.end();
}

SharedResponse ResponseStore::used(Entries::iterator entry, Entries &taken)
{
    if (isExpired(*entry)) {
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

void ResponseStore::take(Index::const_iterator position, Entries &taken)
{
    const Entries::iterator entry = position->second;
    m_bytes -= entry->bytes;
    forgetItems(entry);
    m_index.erase(position);
    taken.splice(taken.begin(), m_entries, entry);
}

void ResponseStore::takeOldest(Entries &taken)
{
    const Entry &oldest = m_entries.back();
    take(position(m_index, oldest.owner, oldest.response->id), taken);
}

// What was not used for a whole time to live is at the end, so that nothing stays for ever that nobody asks for.
void ResponseStore::takeExpired(Entries &taken)
{
    while (!m_entries.empty() && isExpired(m_entries.back()))
        takeOldest(taken);
}

void ResponseStore::trim(Entries &taken)
{
    while (std::ssize(m_entries) > m_config.maxEntries || m_bytes > m_config.maxBytes)
        takeOldest(taken);
}

} // namespace lunargate

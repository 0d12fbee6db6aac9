// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/input_list.h"

#include "gateway/dialects/openai_responses/carried_thoughts.h"
#include "gateway/dialects/openai_responses/item_ids.h"
#include "gateway/json/text_writer.h"

#include <algorithm>

namespace lunargate::responses {

namespace {

constexpr QByteArrayView kPrevious = "previous_response_id";

// Items whose ids may be left out (OpenAI API reference, "Input item list").
constexpr QByteArrayView kNameless[] = {"message", "function_call", "function_call_output", "custom_tool_call",
                                        "custom_tool_call_output"};

bool isReference(json::Value item)
{
    const QByteArrayView type = item["type"].string();
    return type == "item_reference" || (type.isEmpty() && item["id"].isString() && !item["role"].exists());
}

// What only the gateway can read, or what it wrote itself for a provider that signs nothing.
bool isCarriedThought(json::Value item)
{
    if (item["type"].string() != "reasoning")
        return false;
    const QByteArrayView content = item["encrypted_content"].string();
    return content.isEmpty() ? !responseOfItem(item["id"].string()).isEmpty() : isCarried(content);
}

// No provider has an item under an id that the gateway made up.
bool hasMadeUpId(json::Value item)
{
    return !isReference(item) && !responseOfItem(item["id"].string()).isEmpty();
}

void writeWithoutId(json::TextWriter &json, json::Value item)
{
    json.beginObject();
    for (const auto [name, value] : item.members()) {
        if (name != "id")
            json.member(name, value);
    }
    json.endObject();
}

// How the items' ids begin (OpenAI API reference, "The response object").
QByteArrayView idKind(QByteArrayView type)
{
    struct Kind
    {
        QByteArrayView type;
        QByteArrayView id;
    };
    static constexpr Kind kKinds[] = {{"message", "msg"},          {"reasoning", "rs"},
                                      {"function_call", "fc"},     {"function_call_output", "fco"},
                                      {"custom_tool_call", "ctc"}, {"custom_tool_call_output", "ctco"}};
    const auto kind = std::ranges::find(kKinds, type, &Kind::type);
    return kind == std::end(kKinds) ? QByteArrayView("item") : kind->id;
}

void writeKept(json::TextWriter &json, json::Value item, const QByteArray &madeUpId)
{
    const bool isAssistant = item["role"].string() == "assistant";
    json.beginObject();
    if (item["id"].string().isEmpty())
        json.member("id", madeUpId);
    if (!item["type"].isString())
        json.member("type", "message");
    for (const auto [name, value] : item.members()) {
        if (name == "id" && value.string().isEmpty())
            continue;
        if (name != "content" || !value.isString()) {
            json.member(name, value);
            continue;
        }
        json.key(name).beginArray().beginObject().member("type", isAssistant ? "output_text" : "input_text");
        json.member("text", value).endObject().endArray();
    }
    json.endObject();
}

} // namespace

InputList::InputList(const ResponsesBody &body, const EarlierTurns &earlier)
{
    if (earlier.previous) {
        m_hasPrevious = m_isChanged = true;
        noteKeeper(earlier.previous->providerId);
        addEarlier(earlier.previous->inputItems);
        addEarlier(earlier.previous->outputItems);
    }
    const json::Value input = body.json.document.root()["input"];
    if (const json::Member *member = json::find(body.json.members, "input"); member && input.isArray()) {
        addOwn(body.bytes, input, member->value, earlier);
    } else if (input.isString()) {
        m_plainText = R"([{"type":"message","role":"user","content":)" + json::quoted(input.string()) + "}]";
        if (const json::Document *document = parsed(m_plainText))
            addOwn(m_plainText, document->root(), json::wholeValue(m_plainText), earlier);
    }
}

void InputList::addEarlier(const QByteArray &list)
{
    const json::Document *document = parsed(list);
    if (!document)
        return;
    const std::vector<json::Range> ranges = json::elementsOf(list, json::wholeValue(list));
    size_t index = 0;
    for (const json::Value item : document->root().elements()) {
        m_items.push_back(
            {.value = item, .text = ranges[index++].of(list), .place = kPrevious.toByteArray(), .isEarlier = true});
    }
}

void InputList::addOwn(QByteArrayView bytes, json::Value list, json::Range range, const EarlierTurns &earlier)
{
    const std::vector<json::Range> ranges = json::elementsOf(bytes, range);
    size_t index = 0;
    for (const json::Value item : list.elements()) {
        const QByteArray place = "input[" + QByteArray::number(index) + ']';
        addOwnItem({.value = item, .text = ranges[index++].of(bytes), .place = place}, earlier);
    }
}

void InputList::addOwnItem(Item item, const EarlierTurns &earlier)
{
    m_isChanged = m_isChanged || isCarriedThought(item.value) || hasMadeUpId(item.value);
    if (isReference(item.value)) {
        const auto known = earlier.items.find(item.value["id"].toByteArray());
        const json::Document *document = known == earlier.items.end() ? nullptr : parsed(known->second.json);
        if (document) {
            m_isChanged = true;
            item.value = document->root();
            item.text = known->second.json;
            noteKeeper(known->second.providerId);
            item.isEarlier = true;
        }
    }
    m_items.push_back(std::move(item));
}

void InputList::noteKeeper(const QByteArray &providerId)
{
    m_keeper = m_keeper.value_or(providerId) == providerId ? providerId : QByteArray();
}

QByteArray InputList::keeper() const
{
    return m_keeper.value_or(QByteArray());
}

const json::Document *InputList::parsed(const QByteArray &text)
{
    std::optional<json::Document> document = json::Document::parse(text);
    return document ? &m_documents.emplace_back(*std::move(document)) : nullptr;
}

qsizetype InputList::roomForItems() const
{
    qsizetype sum = 2; // the brackets
    for (const Item &item : m_items)
        sum += item.text.size() + 1;
    return sum;
}

QByteArray InputList::text() const
{
    json::TextWriter json(roomForItems());
    json.beginArray();
    for (const Item &item : m_items)
        json.raw(item.text);
    return json.endArray().text();
}

QByteArray InputList::textForProvider() const
{
    json::TextWriter json(roomForItems());
    json.beginArray();
    for (const Item &item : m_items) {
        const QByteArrayView type = item.value["type"].string();
        const bool isThought = type == "reasoning";
        const bool isReadable = !item.value["encrypted_content"].string().isEmpty() && !isCarriedThought(item.value);
        if (isCarriedThought(item.value) || (item.isEarlier && isThought && !isReadable))
            continue;
        const bool isNameless = item.isEarlier && (isThought || std::ranges::contains(kNameless, type));
        if (isNameless || hasMadeUpId(item.value))
            writeWithoutId(json, item.value);
        else
            json.raw(item.text);
    }
    return json.endArray().text();
}

QByteArray keptItems(const QByteArray &items, const QByteArray &responseId)
{
    const std::optional<json::Document> document = json::Document::parse(items);
    if (!document)
        return "[]";
    json::TextWriter json(items.size() + items.size() / 16);
    json.beginArray();
    qsizetype number = 0;
    for (const json::Value item : document->root().elements()) {
        const QByteArrayView type = item["type"].isString() ? item["type"].string() : QByteArrayView("message");
        if (item.isObject())
            writeKept(json, item, inputItemId(idKind(type), responseId, number++));
    }
    return json.endArray().text();
}

} // namespace lunargate::responses

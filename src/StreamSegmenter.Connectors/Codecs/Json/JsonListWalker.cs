using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>Reads a list: the items of a cart become lines; the elements that a path selects go to their fields; a list of keys and
/// values is read as an object; of any other list every scalar becomes a value of the property that the list's path names.</summary>
internal sealed class JsonListWalker(JsonObjectWalker walker, EventDraft draft)
{
    /// <summary>How many elements of a list become properties.</summary>
    private const int ElementsMax = 1000;

    public void Walk(ref Utf8JsonReader reader, int depth, bool isOuter)
    {
        var rank = isOuter || walker.ItemStart >= 0 || walker.IsInList ? -1 : draft.Compiled.ItemListRank(walker.Path);
        if (rank >= 0)
        {
            WalkItems(ref reader, depth, rank);
            return;
        }

        var prefix = walker.PathLength;
        var wasInList = walker.IsInList;
        var selections = draft.Compiled.SelectionsOf(walker.OwnPath);
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            foreach (ref readonly var selection in selections)
            {
                Select(reader, in selection, index, prefix, depth);
            }

            walker.PathLength = prefix;
            walker.IsInList = true;
            if (index >= ElementsMax)
            {
                draft.Problems.Add($"'{DraftReasons.Preview(walker.Path)}' has more than {ElementsMax:N0} elements; the rest is left out");
                reader.Skip();
            }
            else if (!TryWalkPair(ref reader, prefix, depth, wasInList))
            {
                WalkElement(ref reader, prefix, depth);
            }
        }

        walker.PathLength = prefix;
        walker.IsInList = wasInList;
    }

    private void WalkItems(ref Utf8JsonReader reader, int depth, int rank)
    {
        var prefix = walker.PathLength;
        var counts = draft.Lines.Begin(rank);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            walker.PathLength = prefix;
            if (!counts || depth >= JsonEventDecoder.DepthMax)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartObject && walker.TryExtend("."u8))
            {
                draft.Lines.BeginLine(draft.Problems);
                walker.ItemStart = prefix + 1;
                WalkItem(ref reader, prefix, depth);
                walker.ItemStart = -1;
            }
            else if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && walker.TryGetText(ref reader, out var product))
            {
                draft.Lines.AddProduct(product, draft.Problems);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // Inside an item every property has as many values as there are items.
    private void WalkItem(ref Utf8JsonReader reader, int prefix, int depth)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            walker.PathLength = prefix;
            var entered = walker.TryGetText(ref reader, out var name) && walker.TryExtend("."u8) && walker.TryExtend(name);
            reader.Read();
            if (entered)
            {
                walker.WalkValue(ref reader, depth + 1);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void WalkElement(ref Utf8JsonReader reader, int prefix, int depth)
    {
        if (reader.TokenType == JsonTokenType.StartObject && depth < JsonEventDecoder.DepthMax)
        {
            walker.WalkObject(ref reader, prefix, depth + 1);
        }
        else
        {
            walker.WalkValue(ref reader, depth);
        }
    }

    // On a copy of the reader, so that the element is read again for what else it is.
    private void Select(Utf8JsonReader reader, in ListStepBytes selection, int index, int prefix, int depth)
    {
        if (selection.Index >= 0 ? selection.Index != index : !Has(reader, selection.Key, selection.Value))
        {
            return;
        }

        walker.PathLength = prefix;
        walker.IsInList = false;
        if (walker.TryExtend(selection.Selector))
        {
            var outer = draft.IsSelecting;
            draft.IsSelecting = true;
            walker.WalkValue(ref reader, depth);
            draft.IsSelecting = outer;
        }
    }

    private static bool Has(Utf8JsonReader reader, byte[] key, byte[] value)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals(key);
            reader.Read();
            if (isKey)
            {
                return reader.TokenType == JsonTokenType.String ? reader.ValueTextEquals(value)
                    : reader.TokenType is JsonTokenType.Number && reader.ValueSpan.SequenceEqual(value);
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>Reads <c>{"key": "plan", "value": …}</c> as a member <c>plan</c> of an object in the list's place, and
    /// <c>{"name": …, "value": …}</c>, if that is all there is, too. A value of BigQuery's shape, one member per type, is that member.</summary>
    private bool TryWalkPair(ref Utf8JsonReader reader, int prefix, int depth, bool wasInList)
    {
        if (reader.TokenType != JsonTokenType.StartObject || depth >= JsonEventDecoder.DepthMax || !TryFindPair(reader, out var name, out var value))
        {
            return false;
        }

        if (walker.TryGetText(ref name, out var text) && text.Length > 0 && walker.TryExtend("."u8) && walker.TryExtend(text))
        {
            walker.IsInList = wasInList;
            WalkPairValue(ref value, depth + 1);
        }

        walker.PathLength = prefix;
        reader.Skip();
        return true;
    }

    private static bool TryFindPair(Utf8JsonReader reader, out Utf8JsonReader name, out Utf8JsonReader value)
    {
        name = value = reader;
        var members = 0;
        var isKey = false;
        var (hasName, hasValue) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members++;
            var named = reader.ValueTextEquals("key"u8) ? 1 : reader.ValueTextEquals("name"u8) ? 2 : reader.ValueTextEquals("value"u8) ? 3 : 0;
            reader.Read();
            if (named is 1 or 2 && reader.TokenType == JsonTokenType.String && !isKey)
            {
                name = reader;
                hasName = true;
                isKey = named == 1;
            }
            else if (named == 3)
            {
                value = reader;
                hasValue = true;
            }

            reader.Skip();
        }

        return hasName && hasValue && (isKey || members == 2);
    }

    private void WalkPairValue(ref Utf8JsonReader value, int depth)
    {
        if (value.TokenType != JsonTokenType.StartObject)
        {
            walker.WalkValue(ref value, depth);
            return;
        }

        var prefix = walker.PathLength;
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            var isText = value.ValueTextEquals("string_value"u8);
            var isNumber = !isText && (value.ValueTextEquals("int_value"u8) || value.ValueTextEquals("float_value"u8) || value.ValueTextEquals("double_value"u8));
            var entered = isText || isNumber
                || (walker.TryGetText(ref value, out var name) && walker.TryExtend("."u8) && walker.TryExtend(name));
            value.Read();
            if (isNumber && value.TokenType == JsonTokenType.String && walker.TryGetText(ref value, out var number))
            {
                // BigQuery writes whole numbers as texts.
                walker.Add(DraftKind.Untyped, number);
            }
            else if (entered && !isNumber)
            {
                walker.WalkValue(ref value, depth + 1);
            }
            else if (isNumber && value.TokenType == JsonTokenType.Number)
            {
                walker.Add(DraftKind.Number, value.ValueSpan);
            }
            else
            {
                value.Skip();
            }

            walker.PathLength = prefix;
        }
    }
}

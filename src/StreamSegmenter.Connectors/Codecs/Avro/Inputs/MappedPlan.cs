using System.Text;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Definitions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>
/// Reads records as they were written and hands each scalar to an <see cref="EventDraft"/> under its dotted path. An array
/// that is to be unfolded takes two passes, since the fields around it may stand behind it: one for them, one for its items.
/// </summary>
internal sealed class MappedPlan : AvroEventPlan
{
    /// <summary>How many events one record may unfold to, and how much text they may have together: every event repeats the
    /// outer fields.</summary>
    public const int UnfoldedEventsMax = 65_536;
    public const int UnfoldedBytesMax = 64 * 1024 * 1024;

    private const string ItemsSuffix = "[]";

    private readonly AvroDecoder _decoder;
    private readonly EventDraft _draft;
    private readonly MappedSlots _slots;
    private readonly string? _unfold;

    private MappedPlan(string schemaName, AvroDecoder decoder, CompiledMapping mapping, MappingUse use, MappedSlots slots)
        : base(schemaName)
    {
        _decoder = decoder;
        _draft = new EventDraft(mapping, use);
        _slots = slots;
        _unfold = mapping.Mapping.Unfold;
    }

    public static bool TryCompile(
        AvroSchema writer, string schemaName, CompiledMapping mapping, MappingUse use, out MappedPlan? plan,
        out string reason)
    {
        plan = null;
        if (!AvroDecoder.TryCompile(writer, out AvroDecoder? decoder, out AvroResolutionError error))
        {
            reason = error.ToString();
            return false;
        }

        string? unfold = mapping.Mapping.Unfold;
        int unfoldSlot = unfold is null ? MappedSlots.None : decoder!.SlotOf(unfold);
        if (unfold is not null && unfoldSlot == MappedSlots.None)
        {
            reason = $"there is no array '{unfold}' to unfold.{NearestName.Hint(unfold, decoder!.Slots.Select(s => s.Path))}";
            return false;
        }

        string prefix = unfold is null ? "" : unfold + ItemsSuffix + ".";
        var paths = new byte[decoder!.Slots.Count][];
        var insideUnfolded = new bool[paths.Length];
        var itemRanks = new int[paths.Length];
        var itemPaths = new byte[]?[paths.Length];
        for (int slot = 0; slot < paths.Length; slot++)
        {
            string path = decoder.Slots[slot].Path;
            insideUnfolded[slot] = unfold is not null && path.StartsWith(prefix, StringComparison.Ordinal);
            path = insideUnfolded[slot] ? path[prefix.Length..] : path;
            (itemRanks[slot], itemPaths[slot]) = ItemPlace(path, mapping);
            paths[slot] = Encoding.UTF8.GetBytes(path.Replace(ItemsSuffix, "", StringComparison.Ordinal));
            if (paths[slot].Length > EventDraft.PathBytesMax)
            {
                reason = $"the path of a field is longer than {EventDraft.PathBytesMax} bytes: {path}";
                return false;
            }
        }

        if (unfold is not null && !insideUnfolded.Contains(true))
        {
            reason = $"the items of '{unfold}' cannot be events: they are not records";
            return false;
        }

        reason = "";
        var slots = new MappedSlots(paths, insideUnfolded, [.. decoder.Slots.Select(MappedSlots.LogicalTypeOf)], unfoldSlot)
        {
            KeepMicros = mapping.Mapping.TimeFormat == TimeFormat.EpochUs,
            ItemRanks = itemRanks,
            ItemPaths = itemPaths,
        };
        plan = new MappedPlan(schemaName, decoder, mapping, use, slots);
        return true;
    }

    /// <summary>The rank of a list of items for the slot of the list itself (-1 for any other), and for a slot inside one the path from
    /// the item on.</summary>
    private static (int Rank, byte[]? Path) ItemPlace(string path, CompiledMapping mapping)
    {
        var at = path.IndexOf(ItemsSuffix + ".", StringComparison.Ordinal);
        var list = at < 0 ? path : path[..at];
        var rank = list.Contains(ItemsSuffix, StringComparison.Ordinal) ? -1 : mapping.ItemListRank(Encoding.UTF8.GetBytes(list));
        if (at < 0 || rank < 0)
        {
            return (at < 0 ? rank : -1, null);
        }

        return (-1, Encoding.UTF8.GetBytes(path[(at + ItemsSuffix.Length + 1)..].Replace(ItemsSuffix, "", StringComparison.Ordinal)));
    }

    public override DecodeOutcome Decode(in SourceRecord record, ReadOnlySpan<byte> payload, EventBatch batch)
    {
        _draft.Clear();
        var sink = new MappedSink(_draft, _slots, batch, record, unfolding: false);
        if (!_decoder.TryDecode(payload, ref sink, out AvroError error))
        {
            return Refuse(error);
        }

        if (_unfold is null)
        {
            string? reason = sink.Problem ?? _draft.Complete(in record, batch, indexInRecord: 0);
            return reason is null ? DecodeOutcome.Without(_draft.Problem) : DecodeOutcome.Refused(reason);
        }

        if (!sink.SawUnfolded)
        {
            return DecodeOutcome.Refused($"there is no array '{_unfold}' to unfold");
        }

        int before = batch.Count;
        var items = new MappedSink(_draft, _slots, batch, record, unfolding: true);
        if (sink.Problem is null && _decoder.TryDecode(payload, ref items, out _) && items.Problem is null)
        {
            return items.RefusedItems > 0 && items.RefusedItems == items.ItemIndex
                ? DecodeOutcome.Refused(_draft.Problem!)
                : DecodeOutcome.Without(_draft.Problem);
        }

        batch.TruncateTo(before);
        return DecodeOutcome.Refused(sink.Problem ?? $"item {items.ItemIndex + 1} of '{_unfold}': {items.Problem}");
    }
}

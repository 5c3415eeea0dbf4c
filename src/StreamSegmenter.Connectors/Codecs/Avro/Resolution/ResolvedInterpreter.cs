using System.Runtime.CompilerServices;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Runs a compiled decoder over bytes. Nesting is bounded by the reader's limit, so the recursion is; repetition is bounded
/// by the bytes that remain and the reader's free steps.
/// </summary>
internal static class ResolvedInterpreter
{
    public static bool Run<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        // A union's branch is run in place of the union: nullable fields are the common case and need no recursion.
        while (node.Op == ResolvedOp.WriterUnion)
        {
            if (!reader.TryReadUnionIndex(node.Children.Length, out int branch))
            {
                return false;
            }

            node = node.Children[branch];
        }

        switch (node.Op)
        {
            case ResolvedOp.String:
                return RunString(node, ref reader, ref sink);
            case ResolvedOp.Long:
                if (!reader.TryReadLong(out long wide))
                {
                    return false;
                }

                sink.OnLong(node.Slot, wide);
                return true;
            case ResolvedOp.Null:
                sink.OnNull(node.Slot);
                return true;
            case ResolvedOp.Record:
                return RunRecord(node, node.Slot, ref reader, ref sink);
            case ResolvedOp.Recursion:
                return RunRecord(node.Children[0], node.Slot, ref reader, ref sink);
            case ResolvedOp.Map:
                return RunMap(node, ref reader, ref sink);
            case ResolvedOp.Array:
                return RunArray(node, ref reader, ref sink);
            case ResolvedOp.Default:
                return RunDefault(node, ref reader, ref sink);
            case ResolvedOp.Skip:
                return AvroSkipper.TrySkip(node.Children[0], ref reader);
            case ResolvedOp.Unresolved:
                return reader.Fail(AvroFault.UnionBranchUnresolved, reader.Position, node.Reason);
            default:
                return RunScalar(node, ref reader, ref sink);
        }
    }

    /// <summary>What most fields of most events are, texts that may be null, without the detour over <see cref="Run"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool RunField<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (node.Op == ResolvedOp.WriterUnion)
        {
            if (!reader.TryReadUnionIndex(node.Children.Length, out int branch))
            {
                return false;
            }

            node = node.Children[branch];
            if (node.Op == ResolvedOp.Null)
            {
                sink.OnNull(node.Slot);
                return true;
            }
        }

        return node.Op == ResolvedOp.String ? RunString(node, ref reader, ref sink) : Run(node, ref reader, ref sink);
    }

    /// <summary>Apart from <see cref="Run"/>, whose frame would otherwise be cleared for a span at each call.</summary>
    private static bool RunString<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> utf8))
        {
            return false;
        }

        sink.OnString(node.Slot, utf8);
        return true;
    }

    private static bool RunRecord<TSink>(ResolvedNode node, int slot, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!reader.TryEnter() || !reader.TryTakeFreeSteps(node.Size))
        {
            return false;
        }

        sink.BeginRecord(slot);
        foreach (ResolvedNode field in node.Children)
        {
            if (!RunField(field, ref reader, ref sink))
            {
                return false;
            }
        }

        sink.EndRecord(slot);
        reader.Leave();
        return true;
    }

    private static bool RunArray<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!reader.TryEnter())
        {
            return false;
        }

        sink.BeginArray(node.Slot);
        ResolvedNode item = node.Children[0];
        while (true)
        {
            if (!reader.TryReadBlockCount(node.Size, out int count))
            {
                return false;
            }

            if (count == 0)
            {
                break;
            }

            for (int i = 0; i < count; i++)
            {
                if (!Run(item, ref reader, ref sink))
                {
                    return false;
                }
            }
        }

        sink.EndArray(node.Slot);
        reader.Leave();
        return true;
    }

    private static bool RunMap<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!reader.TryEnter())
        {
            return false;
        }

        sink.BeginMap(node.Slot);
        ResolvedNode value = node.Children[0];
        while (true)
        {
            if (!reader.TryReadBlockCount(node.Size, out int count))
            {
                return false;
            }

            if (count == 0)
            {
                break;
            }

            for (int i = 0; i < count; i++)
            {
                if (!reader.TryReadString(out ReadOnlySpan<byte> key))
                {
                    return false;
                }

                sink.OnMapKey(node.Slot, key);
                if (!Run(value, ref reader, ref sink))
                {
                    return false;
                }
            }
        }

        sink.EndMap(node.Slot);
        reader.Leave();
        return true;
    }

    /// <summary>A default is bytes in the reader's own encoding, checked when its schema was parsed.</summary>
    private static bool RunDefault<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        var encoded = new AvroReader(node.DefaultEncoded, 0, reader.FreeSteps);
        return Run(node.Children[0], ref encoded, ref sink)
            ? reader.TryTakeFreeSteps(reader.FreeSteps - encoded.FreeSteps)
            : reader.Fail(encoded.Error.Fault, reader.Position);
    }

    private static bool RunScalar<TSink>(ResolvedNode node, ref AvroReader reader, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        int slot = node.Slot;
        switch (node.Op)
        {
            case ResolvedOp.Boolean when reader.TryReadBoolean(out bool flag):
                sink.OnBoolean(slot, flag);
                return true;
            case ResolvedOp.Int when reader.TryReadInt(out int number):
                sink.OnLong(slot, number);
                return true;
            case ResolvedOp.IntToFloat when reader.TryReadInt(out int number):
                sink.OnDouble(slot, (float)number);
                return true;
            case ResolvedOp.IntToDouble when reader.TryReadInt(out int number):
                sink.OnDouble(slot, number);
                return true;
            case ResolvedOp.LongToFloat when reader.TryReadLong(out long number):
                sink.OnDouble(slot, (float)number);
                return true;
            case ResolvedOp.LongToDouble when reader.TryReadLong(out long number):
                sink.OnDouble(slot, number);
                return true;
            case ResolvedOp.Float when reader.TryReadFloat(out float number):
                sink.OnDouble(slot, number);
                return true;
            case ResolvedOp.Double when reader.TryReadDouble(out double number):
                sink.OnDouble(slot, number);
                return true;
            case ResolvedOp.Bytes when reader.TryReadBytes(out ReadOnlySpan<byte> bytes):
                sink.OnBytes(slot, bytes);
                return true;
            case ResolvedOp.Fixed when reader.TryReadFixed(node.Size, out ReadOnlySpan<byte> bytes):
                sink.OnBytes(slot, bytes);
                return true;
            case ResolvedOp.Enum when reader.TryReadEnum(node.Ordinals.Length, out int written):
                int ordinal = node.Ordinals[written];
                if (ordinal < 0)
                {
                    return reader.Fail(AvroFault.EnumSymbolUnresolved, reader.Position, node.Reason);
                }

                sink.OnEnum(slot, ordinal, node.Symbols[ordinal]);
                return true;
            default:
                return false;
        }
    }
}

using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Receives the value of a key that is read.</summary>
internal interface IStateReader
{
    /// <param name="token">What the reader gave with the read.</param>
    void OnValue(int token, ReadOnlySpan<byte> value);
}

/// <summary>How FASTER copies our values: straight from its log into the reader's own buffer, with no array between.
/// Reads that had to go to disk arrive through the same call.</summary>
internal sealed class StoreFunctions : FunctionsBase<SpanByte, SpanByte, int, byte, Empty>
{
    public IStateReader? Reader { get; set; }

    /// <summary>Where in the log the value lies that the reader is being given.</summary>
    public long Address { get; private set; }

    /// <summary>Where in the log the last value lies that was written.</summary>
    public long WrittenAt { get; private set; }

    public override bool SingleReader(
        ref SpanByte key, ref int input, ref SpanByte value, ref byte dst, ref ReadInfo readInfo)
    {
        Address = readInfo.Address;
        Reader!.OnValue(input, StoredValue.Read(value.AsReadOnlySpan()));
        return true;
    }

    public override bool ConcurrentReader(
        ref SpanByte key, ref int input, ref SpanByte value, ref byte dst, ref ReadInfo readInfo)
    {
        Address = readInfo.Address;
        Reader!.OnValue(input, StoredValue.Read(value.AsReadOnlySpan()));
        return true;
    }

    public override bool SingleWriter(
        ref SpanByte key, ref int input, ref SpanByte src, ref SpanByte dst, ref byte output, ref UpsertInfo upsertInfo,
        WriteReason reason)
    {
        WrittenAt = upsertInfo.Address;
        src.CopyTo(ref dst);
        return true;
    }

    public override bool ConcurrentWriter(
        ref SpanByte key, ref int input, ref SpanByte src, ref SpanByte dst, ref byte output, ref UpsertInfo upsertInfo)
    {
        if (dst.Length < src.Length)
        {
            return false;
        }

        // Zeroes what is cut off, so that a scan of the log still finds the next record.
        dst.UnmarkExtraMetadata();
        dst.ShrinkSerializedLength(src.Length);
        WrittenAt = upsertInfo.Address;
        src.CopyTo(ref dst);
        return true;
    }

    /// <summary>A tombstone has no room for a value, so there is nothing to clear.</summary>
    public override bool SingleDeleter(ref SpanByte key, ref SpanByte value, ref DeleteInfo deleteInfo) => true;
}

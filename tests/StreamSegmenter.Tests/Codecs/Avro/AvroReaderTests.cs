using System.Buffers;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroReaderTests
{
    private delegate bool Reading(ref AvroReader reader);

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7f")]
    [InlineData(64, "8001")]
    [InlineData(int.MaxValue, "feffffff0f")]
    [InlineData(long.MaxValue, "feffffffffffffffff01")]
    [InlineData(long.MinValue, "ffffffffffffffffff01")]
    public void A_long_is_a_zigzag_varint(long value, string hex)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new AvroWriter(buffer).WriteLong(value);
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.WrittenSpan));

        var reader = new AvroReader(buffer.WrittenSpan);
        Assert.True(reader.TryReadLong(out long read));
        Assert.Equal(value, read);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("", AvroFault.Truncated)]
    [InlineData("80", AvroFault.Truncated)]
    [InlineData("ffffffffffffffffff", AvroFault.Truncated)]
    [InlineData("ffffffffffffffffffff", AvroFault.VarintTooLong)]
    [InlineData("ffffffffffffffffffff01", AvroFault.VarintTooLong)]
    [InlineData("ffffffffffffffffff02", AvroFault.VarintTooLong)]
    public void A_long_takes_at_most_ten_bytes_and_64_bits(string hex, Enum fault) =>
        Assert.Equal((AvroFault)fault, Fault(hex, (ref AvroReader r) => r.TryReadLong(out _)));

    [Theory]
    [InlineData("8080808010")]
    [InlineData("feffffffffffffffff01")]
    public void An_int_beyond_32_bits_is_refused(string hex) =>
        Assert.Equal(AvroFault.IntOutOfRange, Fault(hex, (ref AvroReader r) => r.TryReadInt(out _)));

    [Theory]
    [InlineData("06616263", AvroFault.None)]
    [InlineData("08616263", AvroFault.LengthExceedsInput)]
    [InlineData("01", AvroFault.LengthNegative)]
    [InlineData("feffffffffffffffff01", AvroFault.LengthExceedsInput)]
    [InlineData("ffffffffffffffffff01", AvroFault.LengthNegative)]
    [InlineData("04c328", AvroFault.StringNotUtf8)]
    public void A_string_is_within_the_input_and_UTF8(string hex, Enum fault) =>
        Assert.Equal((AvroFault)fault, Fault(hex, (ref AvroReader r) => r.TryReadString(out _)));

    [Fact]
    public void A_boolean_is_0_or_1() =>
        Assert.Equal(AvroFault.BooleanInvalid, Fault("02", (ref AvroReader r) => r.TryReadBoolean(out _)));

    [Theory]
    [InlineData("0400", 2, AvroFault.CountExceedsInput)]
    [InlineData("feffffffffffffffff01", 1, AvroFault.CountExceedsInput)]
    [InlineData("ffffffffffffffffff01", 1, AvroFault.CountExceedsInput)]
    [InlineData("0301", 1, AvroFault.LengthNegative)]
    [InlineData("0306", 1, AvroFault.LengthExceedsInput)]
    [InlineData("feffffffffffffffff01", 0, AvroFault.WorkExceedsInput)]
    [InlineData("8080808010", 0, AvroFault.WorkExceedsInput)]
    public void A_block_announces_no_more_items_than_the_bytes_can_hold(string hex, int itemBytesMin, Enum fault) =>
        Assert.Equal((AvroFault)fault, Fault(hex, (ref AvroReader r) => r.TryReadBlockCount(itemBytesMin, out _)));

    [Fact]
    public void A_fault_names_its_byte()
    {
        var reader = new AvroReader(Convert.FromHexString("020861"));
        Assert.True(reader.TryReadLong(out _));
        Assert.False(reader.TryReadBytes(out _));
        Assert.Equal(1, reader.Error.Offset);
        Assert.StartsWith("byte 1: a length exceeds the bytes that remain", reader.Error.ToString(), StringComparison.Ordinal);
    }

    private static AvroFault Fault(string hex, Reading read)
    {
        var reader = new AvroReader(Convert.FromHexString(hex));
        bool isRead = read(ref reader);
        Assert.Equal(isRead, reader.Error.IsNone);
        return reader.Error.Fault;
    }
}

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>CRC-32 of ISO-HDLC (zip, gzip, Avro's snappy blocks), which the runtime does not offer; polynomial
/// 0xEDB88320.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = BuildTable();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = (crc >> 8) ^ Table[(int)((crc ^ b) & 0xff)];
        }

        return ~crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (int i = 0; i < table.Length; i++)
        {
            uint crc = (uint)i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
            }

            table[i] = crc;
        }

        return table;
    }
}

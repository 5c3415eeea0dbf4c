namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>CRC-64-AVRO, the 64-bit Rabin fingerprint of the specification ("Schema Fingerprints").</summary>
internal static class AvroFingerprint
{
    private const ulong Empty = 0xc15d213aa4d7a795;

    private static readonly ulong[] Table = BuildTable();

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong fingerprint = Empty;
        foreach (byte b in bytes)
        {
            fingerprint = (fingerprint >> 8) ^ Table[(int)((fingerprint ^ b) & 0xff)];
        }

        return fingerprint;
    }

    private static ulong[] BuildTable()
    {
        var table = new ulong[256];
        for (int i = 0; i < table.Length; i++)
        {
            ulong fingerprint = (ulong)i;
            for (int bit = 0; bit < 8; bit++)
            {
                fingerprint = (fingerprint >> 1) ^ ((fingerprint & 1) == 0 ? 0 : Empty);
            }

            table[i] = fingerprint;
        }

        return table;
    }
}

using System.Numerics;

namespace StreamSegmenter.Connectors.Generator;

/// <summary>The generator xoshiro256** of Blackman and Vigna (public domain), seeded by SplitMix64 as its authors advise. Its own,
/// because a seed must mean the same traffic on every runtime, which System.Random does not promise.</summary>
internal struct Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public Xoshiro256(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    public ulong Next()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
            var shifted = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= shifted;
            _s3 = BitOperations.RotateLeft(_s3, 45);
            return result;
        }
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1. The bias of the multiplication is below bound / 2^64.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>True in so many of a million cases.</summary>
    public bool Chance(int perMillion) => Below(1_000_000) < perMillion;

    /// <summary>A number from 0 to <paramref name="bound"/> - 1 with small ones more likely, as products are popular: the
    /// best-selling hundredth has about a fifth of the views.</summary>
    public int Popular(int bound)
    {
        var uniform = Next() >> 32;
        var cubed = Math.BigMul(uniform * uniform, uniform << 32, out _);
        return (int)Math.BigMul(cubed, (ulong)bound, out _);
    }

    /// <summary>The finaliser of SplitMix64: spreads a number over 64 bits.</summary>
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E37_79B9_7F4A_7C15;
            return Mix(state);
        }
    }
}

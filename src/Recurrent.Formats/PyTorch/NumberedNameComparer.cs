namespace Recurrent.Formats.PyTorch;

/// <summary>Compares names part by part between dots, parts that are numbers by their value.</summary>
internal sealed class NumberedNameComparer : IComparer<string>
{
    public int Compare(string? x, string? y)
    {
        string[] left = (x ?? "").Split('.');
        string[] right = (y ?? "").Split('.');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            int order = uint.TryParse(left[i], out uint a) && uint.TryParse(right[i], out uint b)
                ? a.CompareTo(b)
                : string.CompareOrdinal(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}

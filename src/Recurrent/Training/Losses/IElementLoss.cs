using System.Numerics;

namespace Recurrent.Training;

/// <summary>The loss of one element, and its slope; a struct, so that the loop over elements has no call in it.</summary>
internal interface IElementLoss<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    T Value(T prediction, T target);

    T Slope(T prediction, T target);
}

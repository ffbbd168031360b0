//! The window that a convolution or a pooling slides over an image.

use serde::{Deserialize, Serialize};

/// Kernel, stride, dilation and padding along height and width, in this order.
///
/// Along one axis of n pixels with kernel k, stride s, dilation d and padding p before and q after, the window has
/// e = d(k−1)+1 pixels and there are ⌊(n+p+q−e)/s⌋+1 of them; with `ceil` they are ⌈(n+p+q−e)/s⌉+1, less one where the
/// last would begin in the padding after the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Pixels from a window to the next.
    pub stride: [usize; 2],
    /// Pixels from a tap to the next.
    pub dilation: [usize; 2],
    /// Padding above and on the left.
    pub before: [usize; 2],
    /// Padding below and on the right.
    pub after: [usize; 2],
    /// Whether a window that does not fit whole at the end is counted.
    pub ceil: bool,
}

impl Window {
    /// A square kernel with the same padding on all sides.
    pub fn square(kernel: usize, stride: usize, padding: usize) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            before: [padding; 2],
            after: [padding; 2],
            ceil: false,
        }
    }

    /// Height and width of the result on an image of that height and width; nothing where the window does not fit, or the
    /// kernel, stride or dilation is zero.
    ///
    /// ```
    /// use equiripple::nn::Window;
    /// assert_eq!(Window::square(3, 2, 1).output([32, 32]), Some([16, 16]));
    /// let ceil = Window { ceil: true, ..Window::square(3, 2, 0) };
    /// assert_eq!(ceil.output([112, 112]), Some([56, 56]));
    /// ```
    pub fn output(&self, image: [usize; 2]) -> Option<[usize; 2]> {
        let mut output = [0; 2];
        for axis in 0..2 {
            let (kernel, stride) = (self.kernel[axis], self.stride[axis]);
            if stride == 0 || self.dilation[axis] == 0 {
                return None;
            }
            let extent = kernel
                .checked_sub(1)?
                .checked_mul(self.dilation[axis])?
                .checked_add(1)?;
            let begin = image[axis].checked_add(self.before[axis])?;
            let space = begin.checked_add(self.after[axis])?.checked_sub(extent)?;
            output[axis] = if self.ceil {
                let windows = space.div_ceil(stride) + 1;
                windows - usize::from((windows - 1) * stride >= begin)
            } else {
                space / stride + 1
            };
        }
        Some(output)
    }

    /// Rounds of a maximum of pairs until one number of a window is left: ⌈log2 of its taps⌉.
    ///
    /// ```
    /// assert_eq!(equiripple::nn::Window::square(3, 2, 0).rounds(), 4);
    /// ```
    #[must_use]
    pub fn rounds(&self) -> u32 {
        let taps = self.kernel[0].saturating_mul(self.kernel[1]);
        let halvings = taps.saturating_sub(1).checked_ilog2();
        halvings.map_or(0, |n| n + 1)
    }

    /// Whether each window has a tap on an image of that height and width: a pooling of padding alone means nothing.
    pub fn holds_pixels(&self, image: [usize; 2]) -> bool {
        (0..2).all(|axis| {
            let (before, after) = (self.before[axis], self.after[axis]);
            // The first tap at or after the image's beginning is less than a dilation behind it.
            let reach = self.kernel[axis].saturating_sub(1);
            let reach = reach.saturating_mul(self.dilation[axis]);
            let fits = self.dilation[axis] <= image[axis] || before == 0;
            fits && before <= reach && after <= reach && image[axis] > 0
        })
    }
}
